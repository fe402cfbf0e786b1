using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Admission;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// Fills the <c>ValidatingWebhookConfiguration</c> that the installation made: which kinds, how to reach the webhook, by which roots. All at once, so that the API
/// server never asks a webhook that it cannot trust. Who does not want the webhook removes the configuration. The leader's work.
/// </summary>
internal sealed partial class WebhookPublisher(
    KubernetesClient client, Func<string> rootsPem, string url, string meshNamespace, TimeProvider time, ILogger<WebhookPublisher> log)
{
    private static readonly KubernetesKind Kind = new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false);

    /// <summary>How soon new roots are noticed; a comparison of two strings.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    /// <summary>In case somebody has written over it, or made it since.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private bool _missing;

    /// <summary>Publishes until it is cancelled.</summary>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var roots = rootsPem();
            var done = await PublishAsync(roots, ct);
            var looked = time.GetTimestamp();
            do
            {
                await Task.Delay(Tick, time, ct);
            }
            while (done && rootsPem() == roots && time.GetElapsedTime(looked) < LookAgain);
        }
    }

    private async Task<bool> PublishAsync(string roots, CancellationToken ct)
    {
        var resources = client.Resources(Kind);
        try
        {
            if (await resources.FindAsync(ValidatorWebhooks.Name, ct) is not { } present)
            {
                if (!_missing)
                {
                    LogMissing(log, ValidatorWebhooks.Name);
                }

                _missing = true;
                return true;
            }

            _missing = false;
            var wanted = ValidatorWebhooks.Make(url, meshNamespace, roots);
            var there = present["webhooks"] is { } given ? JsonNode.Parse(given.GetRawText()) : null;
            if (!JsonNode.DeepEquals(there, wanted))
            {
                await resources.PatchAsync(V1Patch.Merge(new JsonObject { ["webhooks"] = wanted }.ToJsonString()), ValidatorWebhooks.Name, null, ct);
                LogPublished(log, ValidatorWebhooks.Name);
            }

            return true;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            LogFailed(log, ValidatorWebhooks.Name, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "there is no ValidatingWebhookConfiguration {Name}: resources are not checked before they are stored")]
    private static partial void LogMissing(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "wrote the webhooks of ValidatingWebhookConfiguration {Name}")]
    private static partial void LogPublished(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ValidatingWebhookConfiguration {Name} could not be written, and will be tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string name, string reason);
}
