using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Admission;

/// <summary>Answers the API server's question whether an object may be stored: by the code that reads it afterwards, with the sentences that <c>nodemesh validate</c> prints.</summary>
internal static class AdmissionJudge
{
    /// <summary>The only version of reviews that is spoken.</summary>
    public const string ApiVersion = "admission.k8s.io/v1";

    /// <summary>The API server cuts a warning off at 256 characters, and all warnings of a request at 4096.</summary>
    private const int MaxWarnings = 16;

    /// <summary>Answers.</summary>
    /// <param name="review">An <c>AdmissionReview</c> with a request.</param>
    /// <returns>The <c>AdmissionReview</c> with the answer; null when the question is none.</returns>
    public static JsonObject? Answer(JsonNode? review)
    {
        if (review is not JsonObject root || Text(root["apiVersion"]) != ApiVersion || root["request"] is not JsonObject request || Text(request["uid"]) is not { } uid)
        {
            return null;
        }

        var findings = Check(request);
        var errors = findings.Where(f => f.Level == FindingLevel.Error).ToList();
        var refused = errors.Count > 0 && !IsLetThrough(request);
        var response = new JsonObject { ["uid"] = uid, ["allowed"] = !refused };
        if (refused)
        {
            response["status"] = new JsonObject { ["code"] = 422, ["reason"] = "Invalid", ["message"] = string.Join("; ", errors.Select(Sentence)) };
        }

        var warnings = findings.Where(f => f.Level == FindingLevel.Warning || (f.Level == FindingLevel.Error && !refused)).Take(MaxWarnings).ToList();
        if (warnings.Count > 0)
        {
            response["warnings"] = new JsonArray([.. warnings.Select(w => (JsonNode)Sentence(w))]);
        }

        return new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = "AdmissionReview", ["response"] = response };
    }

    private static ImmutableArray<Finding> Check(JsonObject request)
    {
        var (group, kind) = (Text(request["kind"]?["group"]) ?? "", Text(request["kind"]?["kind"]) ?? "");
        if (request["object"] is not JsonObject given || ClusterKinds.All.FirstOrDefault(k => k.IsMeshKind && k.Kind.Group == group && k.Kind.Kind == kind) is not { } known)
        {
            // A deletion, or a kind that a later configuration of the webhook names.
            return [];
        }

        var findings = new List<Finding>();
        var value = KubernetesObject.Parse(given.ToJsonString());
        // A name that is generated comes after this.
        value = value with { Metadata = value.Metadata with { Name = value.Metadata.Name ?? "generated", Namespace = value.Metadata.Namespace ?? Text(request["namespace"]) } };
        ObjectProjection.Read(known, ObjectProjection.Shrink(known, value), findings);
        return [.. findings];
    }

    /// <summary>What is broken already may be deleted, and its metadata changed: a finalizer must be able to go.</summary>
    private static bool IsLetThrough(JsonObject request)
    {
        if (request["object"] is not JsonObject now || request["oldObject"] is not JsonObject before)
        {
            return false;
        }

        return now["metadata"]?["deletionTimestamp"] is not null || JsonNode.DeepEquals(Content(now), Content(before));
    }

    private static JsonObject Content(JsonObject value)
    {
        var content = (JsonObject)value.DeepClone();
        foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind", "metadata", "status"])
        {
            content.Remove(field);
        }

        return content;
    }

    private static string Sentence(Finding finding) => finding.Field.Length == 0 ? finding.Message : $"{finding.Field}: {finding.Message}";

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
