using System.Text.Json;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Install;

/// <summary>Why a pod's containers do not run.</summary>
internal static class PodTrouble
{
    /// <summary>The reasons, one for each container that is not ready.</summary>
    /// <param name="pod">The pod.</param>
    public static IReadOnlyList<string> Of(V1Pod pod)
    {
        if (pod.Status?.Fields is not { } fields || !fields.TryGetValue("containerStatuses", out var statuses) || statuses.ValueKind != JsonValueKind.Array)
        {
            return [$"{pod.Status?.Phase ?? "Pending"}, its containers are not started yet"];
        }

        return [.. statuses.EnumerateArray().Where(s => !s.GetProperty("ready").GetBoolean()).Select(Describe)];
    }

    private static string Describe(JsonElement container)
    {
        var name = container.GetProperty("name").GetString();
        var state = container.GetProperty("state");
        foreach (var kind in new[] { "waiting", "terminated" })
        {
            if (state.TryGetProperty(kind, out var detail))
            {
                var reason = Text(detail, "reason");
                var message = Text(detail, "message");
                return $"container {name} {kind}: {reason}{(message.Length > 0 ? $", {message}" : "")}{Last(container)}";
            }
        }

        return $"container {name} runs and is not ready{Last(container)}";
    }

    private static string Last(JsonElement container) =>
        container.TryGetProperty("lastState", out var last) && last.TryGetProperty("terminated", out var ended)
            ? $" (ended before with exit code {ended.GetProperty("exitCode").GetRawText()})"
            : "";

    private static string Text(JsonElement element, string field) => element.TryGetProperty(field, out var value) ? value.GetString() ?? "" : "";
}
