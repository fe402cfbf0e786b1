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
/// only when they differ. Of kinds without a status it tells by Events.
/// </summary>
internal sealed partial class StatusPublisher(KubernetesClient client, KubernetesSource source, StatusQueue queue, TimeProvider time, ILogger<StatusPublisher> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>In case somebody else has written over ours.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly ResourceEvents _events = new(client, time, log);

    /// <summary>Writes until it is cancelled.</summary>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var failed = false;
            var round = queue.Newest(out var changed);
            foreach (var origin in round.Keys)
            {
                // Always the newest word, and always all of the round: a mesh that changes without a pause must not keep the last of them waiting.
                if (queue.Newest(out _).TryGetValue(origin, out var status))
                {
                    failed |= !await WriteAsync(origin, status, ct);
                }
            }

            _events.Forget(round.ContainsKey);
            try
            {
                await changed.WaitAsync(failed ? RetryAfter : LookAgain, time, ct);
            }
            catch (TimeoutException)
            {
                // Time to look again.
            }
        }
    }

    private async Task<bool> WriteAsync(ResourceOrigin origin, ResourceStatus status, CancellationToken ct)
    {
        if (source.Find(origin) is not { } target)
        {
            return true;
        }

        if (!target.HasStatus)
        {
            return await _events.TellAsync(origin, target.Object, target.Kind, status, ct);
        }

        var (item, kind) = (target.Object, target.Kind);
        if (target.TakesParents && status.Parents is null)
        {
            status = status with { Parents = RefusedRoute.Parents(item, status.Conditions.FirstOrDefault()?.Message ?? "the route cannot be read") };
        }

        var before = item["status"] is { } there ? JsonNode.Parse(there.GetRawText()) : null;
        var wanted = StatusJson.Build(Observed(status, item), before, time.GetUtcNow());
        if (status.Parents is not null)
        {
            return await WriteParentsAsync(origin, kind, item, (JsonArray)wanted["parents"]!, (before as JsonObject)?["parents"], ct);
        }

        if (Covers(before as JsonObject, wanted))
        {
            return true;
        }

        // Null removes what an earlier version of the resource was told.
        wanted["validationMessages"] ??= null;
        return await PatchAsync(origin, kind, new JsonObject { ["status"] = wanted }, ct);
    }

    /// <summary>The list is written as a whole: only over the version that was read, or what another controller has added since would be lost.</summary>
    private async Task<bool> WriteParentsAsync(ResourceOrigin origin, KubernetesKind kind, KubernetesObject item, JsonArray wanted, JsonNode? there, CancellationToken ct)
    {
        if (JsonNode.DeepEquals(there, wanted) || (wanted.Count == 0 && there is null))
        {
            return true;
        }

        return await PatchAsync(
            origin, kind, new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = item.Metadata.ResourceVersion },
                ["status"] = new JsonObject { ["parents"] = wanted.DeepClone() },
            }, ct);
    }

    private async Task<bool> PatchAsync(ResourceOrigin origin, KubernetesKind kind, JsonObject patch, CancellationToken ct)
    {
        try
        {
            await client.Resources(kind).InNamespace(origin.Namespace).PatchStatusAsync(V1Patch.Merge(patch.ToJsonString()), origin.Name, null, ct);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // Gone in between, or of a definition without a status.
            return true;
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            // Another controller was quicker: its version is here in a moment.
            return false;
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
