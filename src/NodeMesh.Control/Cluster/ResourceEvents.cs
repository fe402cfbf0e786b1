using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Status;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// Tells by Events what became of resources whose kind has no status: <c>kubectl describe</c> shows them. Only what is wrong is told, and that it was mended.
/// An Event's name is made of what it says, so a leader that follows another repeats nothing.
/// </summary>
internal sealed partial class ResourceEvents(KubernetesClient client, TimeProvider time, ILogger log)
{
    private const string Component = "nodemesh-control";

    /// <summary>The API server refuses longer messages.</summary>
    private const int MaxMessage = 1000;

    private static readonly KubernetesKind Kind = new("", "v1", "Event", "events", true);
    private readonly Dictionary<ResourceOrigin, string> _told = [];

    /// <summary>Forgets resources that are gone.</summary>
    /// <param name="isPresent">Says which are not.</param>
    public void Forget(Func<ResourceOrigin, bool> isPresent)
    {
        foreach (var gone in _told.Keys.Where(o => !isPresent(o)).ToList())
        {
            _told.Remove(gone);
        }
    }

    /// <summary>Tells of a resource, if there is something new to tell.</summary>
    /// <param name="origin">The resource.</param>
    /// <param name="item">It, as it is now.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="status">What became of it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False when it is to be tried again.</returns>
    public async Task<bool> TellAsync(ResourceOrigin origin, KubernetesObject item, KubernetesKind kind, ResourceStatus status, CancellationToken ct)
    {
        var (warning, reason, message) = Words(status);
        if (!warning && !_told.ContainsKey(origin))
        {
            return true;
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{item.Metadata.Uid} {item.Metadata.Generation} {reason} {message}");
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        if (_told.GetValueOrDefault(origin) == id)
        {
            return true;
        }

        if (!await WriteAsync(origin, item, kind, id, warning, reason, message, ct))
        {
            return false;
        }

        if (warning)
        {
            _told[origin] = id;
        }
        else
        {
            _told.Remove(origin);
        }

        return true;
    }

    private static (bool Warning, string Reason, string Message) Words(ResourceStatus status)
    {
        if (status.Conditions.FirstOrDefault(c => c is { Type: "Accepted", Status: false }) is { } refused)
        {
            return (true, refused.Reason, Short(refused.Message));
        }

        var warnings = status.Messages.Where(m => m.Level != FindingLevel.Info).ToList();
        return warnings.Count == 0
            ? (false, "Accepted", "the resource is valid and taken in")
            : (true, warnings[0].Code, Short(string.Join("; ", warnings.Select(m => m.Field.Length == 0 ? m.Message : $"{m.Field}: {m.Message}"))));
    }

    private static string Short(string text) => text.Length <= MaxMessage ? text : text[..(MaxMessage - 1)] + "…";

    private async Task<bool> WriteAsync(
        ResourceOrigin origin, KubernetesObject item, KubernetesKind kind, string id, bool warning, string reason, string message, CancellationToken ct)
    {
        // Events of cluster-scoped resources are kept in the namespace default.
        var ns = origin.Namespace.Length == 0 ? "default" : origin.Namespace;
        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var value = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = $"{origin.Name}.{id}", ["namespace"] = ns },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = kind.ApiVersion,
                ["kind"] = kind.Kind,
                ["namespace"] = origin.Namespace,
                ["name"] = origin.Name,
                ["uid"] = item.Metadata.Uid,
            },
            ["type"] = warning ? "Warning" : "Normal",
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = Component },
            ["reportingComponent"] = Component,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
        };
        try
        {
            await client.Resources(Kind).InNamespace(ns).CreateAsync(KubernetesObject.Parse(value.ToJsonString()), null, ct);
            return true;
        }
        catch (KubernetesException e) when (e.IsAlreadyExists || e.IsNotFound)
        {
            // Told already, by whoever led before; or the namespace is gone.
            return true;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            LogFailed(log, origin.ToString(), e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "an Event of {Resource} could not be written, and will be tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string resource, string reason);
}
