using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Control.Status;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Model;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// Writes what became of resources into their status. The leader's work. What others write there stays: only our conditions and messages are replaced, and
/// only when they differ.
/// </summary>
internal sealed partial class StatusPublisher(KubernetesClient client, KubernetesSource source, StatusQueue queue, TimeProvider time, ILogger<StatusPublisher> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>In case somebody else has written over ours.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    /// <summary>Writes until it is cancelled.</summary>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var failed = false;
            var newest = queue.Newest(out var changed);
            foreach (var (origin, status) in newest)
            {
                // Newer statuses make the rest of these old.
                if (changed.IsCompleted)
                {
                    break;
                }

                failed |= !await WriteAsync(origin, status, ct);
            }

            await Task.WhenAny(changed, Task.Delay(failed ? RetryAfter : LookAgain, time, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> WriteAsync(ResourceOrigin origin, ResourceStatus status, CancellationToken ct)
    {
        if (source.Find(origin, out var kind) is not { } item)
        {
            return true;
        }

        var before = item["status"] is { } there ? JsonNode.Parse(there.GetRawText()) : null;
        var wanted = StatusJson.Build(Observed(status, item), before, time.GetUtcNow());
        if (Covers(before as JsonObject, wanted))
        {
            return true;
        }

        // Null removes what an earlier version of the resource was told.
        wanted["validationMessages"] ??= null;
        try
        {
            var patch = V1Patch.Merge(new JsonObject { ["status"] = wanted }.ToJsonString());
            await client.Resources(kind!).InNamespace(origin.Namespace).PatchStatusAsync(patch, origin.Name, null, ct);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // Gone in between, or of a definition without a status.
            return true;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            LogFailed(log, origin.ToString(), e.Message);
            return false;
        }
    }

    /// <summary>A resource that is refused keeps an older version in effect, but it is the present one that is spoken of.</summary>
    private static ResourceStatus Observed(ResourceStatus status, KubernetesObject item) =>
        status.Conditions.Any(c => c is { Type: "Accepted", Status: false }) || status.ObservedGeneration is null
            ? status with { ObservedGeneration = item.Metadata.Generation }
            : status;

    private static bool Covers(JsonObject? there, JsonObject wanted) =>
        there is not null
        && JsonNode.DeepEquals(there["conditions"], wanted["conditions"])
        && JsonNode.DeepEquals(there["validationMessages"], wanted["validationMessages"])
        && JsonNode.DeepEquals(there["observedGeneration"], wanted["observedGeneration"]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the status of {Resource} could not be written, and will be tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string resource, string reason);
}
