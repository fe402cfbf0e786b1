using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Status;

/// <summary>Writes statuses as Istio's kinds have them: <c>conditions</c>, <c>validationMessages</c> and <c>observedGeneration</c>; those of the Gateway API's routes have <c>parents</c> instead of the conditions.</summary>
internal static class StatusJson
{
    /// <summary>Writes a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="before">The status that is there; a condition that it has too keeps its time. Conditions that are not ours are kept.</param>
    /// <param name="now">The time of conditions that changed.</param>
    /// <returns>The status.</returns>
    public static JsonObject Build(ResourceStatus status, JsonNode? before, DateTimeOffset now)
    {
        if (status.Parents is { } parents)
        {
            var routed = new JsonObject { ["parents"] = RouteStatusJson.Merge(parents, status.ObservedGeneration, before, now) };
            if (!status.Messages.IsEmpty)
            {
                routed["validationMessages"] = new JsonArray([.. status.Messages.Select(ToJson)]);
            }

            return routed;
        }

        var root = new JsonObject();
        if (status.ObservedGeneration is { } generation)
        {
            root["observedGeneration"] = generation;
        }

        var old = Conditions(before);
        var ours = status.Conditions.Select(c => c.Type).ToHashSet();
        root["conditions"] = new JsonArray(
        [
            .. old.Where(c => !ours.Contains(Text(c, "type") ?? "") && Text(c, "type") is not ("Accepted" or "Enforced")).Select(c => c.DeepClone()),
            .. status.Conditions.Select(c => ToJson(c, old, now)),
        ]);
        if (!status.Messages.IsEmpty)
        {
            root["validationMessages"] = new JsonArray([.. status.Messages.Select(ToJson)]);
        }

        return root;
    }

    /// <summary>Reads a status that somebody else may have broken.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The status; null when it is none.</returns>
    public static JsonNode? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<JsonObject> Conditions(JsonNode? status) => [.. ((status as JsonObject)?["conditions"] as JsonArray ?? []).OfType<JsonObject>()];

    private static string? Text(JsonObject condition, string field) => condition[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonObject ToJson(StatusCondition condition, List<JsonObject> before, DateTimeOffset now)
    {
        // The time of a condition is that of its last change of status, which an earlier run of the control plane may have written.
        var status = condition.Status ? "True" : "False";
        var old = before.Find(c => Text(c, "type") == condition.Type && Text(c, "status") == status);
        return new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["lastTransitionTime"] = (old is null ? null : Text(old, "lastTransitionTime")) ?? now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
    }

    private static JsonObject Type(Finding finding)
    {
        // The code of docs/analysis.md, by which `nodemesh analyze` names the same.
        var type = new JsonObject { ["name"] = finding.Code };
        if (AnalysisCodes.Find(finding) is { } code)
        {
            type["code"] = code;
        }

        return type;
    }

    private static JsonObject ToJson(Finding finding)
    {
        var message = new JsonObject
        {
            ["type"] = Type(finding),
            ["level"] = finding.Level.ToString().ToUpperInvariant(),
            ["message"] = finding.Message,
        };
        if (finding.Field.Length > 0)
        {
            message["field"] = finding.Field;
        }

        if (finding.Line > 0)
        {
            message["line"] = finding.Line;
        }

        return message;
    }
}
