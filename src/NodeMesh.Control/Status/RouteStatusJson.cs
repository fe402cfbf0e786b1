using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Status;

/// <summary>Writes <c>status.parents</c> of the Gateway API's routes, which several controllers share: each has its own entries.</summary>
internal static class RouteStatusJson
{
    /// <summary>The controller that our entries name.</summary>
    public const string Controller = "nodemesh.io/mesh-controller";

    /// <summary>Puts our entries among those of others.</summary>
    /// <param name="parents">What became of the route.</param>
    /// <param name="generation">The generation that this is about; null when it has none.</param>
    /// <param name="before">The status that is there.</param>
    /// <param name="now">The time of conditions that changed.</param>
    /// <returns>The list; entries of others are as they were, and first.</returns>
    public static JsonArray Merge(ImmutableArray<RouteParentStatus> parents, long? generation, JsonNode? before, DateTimeOffset now)
    {
        var there = ((before as JsonObject)?["parents"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var ours = there.Where(IsOurs).ToList();
        return [.. there.Where(e => !IsOurs(e)).Select(e => e.DeepClone()), .. parents.Select(p => ToJson(p, generation, ours, now))];
    }

    private static bool IsOurs(JsonObject entry) => entry["controllerName"] is JsonValue name && name.TryGetValue<string>(out var text) && text == Controller;

    private static JsonObject ToJson(RouteParentStatus parent, long? generation, List<JsonObject> ours, DateTimeOffset now)
    {
        var reference = ToJson(parent.Parent);
        var old = ours.Find(e => JsonNode.DeepEquals(e["parentRef"], reference));
        return new JsonObject
        {
            ["parentRef"] = reference,
            ["controllerName"] = Controller,
            ["conditions"] = new JsonArray([.. parent.Conditions.Select(c => ToJson(c, generation, old, now))]),
        };
    }

    private static JsonObject ToJson(ParentReference parent)
    {
        var reference = new JsonObject();
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("group", parent.Group), ("kind", parent.Kind), ("namespace", parent.Namespace), ("name", parent.Name), ("sectionName", parent.SectionName)])
        {
            if (value is not null)
            {
                reference[name] = value;
            }
        }

        if (parent.Port is { } port)
        {
            reference["port"] = port;
        }

        return reference;
    }

    private static JsonObject ToJson(RouteCondition condition, long? generation, JsonObject? old, DateTimeOffset now)
    {
        var status = condition.Status ? "True" : "False";
        // The time of a condition is that of its last change of status, which an earlier run of the control plane may have written.
        var same = (old?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(c => (string?)c["type"] == condition.Type && (string?)c["status"] == status);
        var written = new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["lastTransitionTime"] = (string?)same?["lastTransitionTime"] ?? now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
        if (generation is { } number)
        {
            written["observedGeneration"] = number;
        }

        return written;
    }
}
