using System.Collections.Immutable;
using System.Text.Json;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Status;

/// <summary>The status of a Gateway API route that is broken and has no good version: its parents are told as far as they can be read.</summary>
internal static class RefusedRoute
{
    /// <summary>Makes the parents' entries.</summary>
    /// <param name="route">The route, as it was stored.</param>
    /// <param name="message">What is wrong with it.</param>
    /// <returns>An entry for each parent that is the mesh's.</returns>
    public static ImmutableArray<RouteParentStatus> Parents(KubernetesObject route, string message)
    {
        if (route["spec"] is not { ValueKind: JsonValueKind.Object } spec || !spec.TryGetProperty("parentRefs", out var parents) || parents.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var refused = new RouteCondition("Accepted", false, "UnsupportedValue", message);
        return [.. parents.EnumerateArray().Select(Read).OfType<ParentReference>().Where(RouteParentStatus.IsOfMesh).Select(p => new RouteParentStatus(p, [refused]))];
    }

    private static ParentReference? Read(JsonElement parent) => Text(parent, "name") is not { Length: > 0 } name ? null : new ParentReference
    {
        Group = Text(parent, "group"),
        Kind = Text(parent, "kind"),
        Namespace = Text(parent, "namespace"),
        Name = name,
        SectionName = Text(parent, "sectionName"),
        Port = parent.TryGetProperty("port", out var port) && port.ValueKind == JsonValueKind.Number && port.TryGetInt32(out var number) ? number : null,
    };

    private static string? Text(JsonElement parent, string field) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
