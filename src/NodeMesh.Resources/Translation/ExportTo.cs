using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Resources.Translation;

/// <summary>The namespaces that see a resource, as Istio's kinds and the annotation of Services write them.</summary>
internal static class ExportTo
{
    /// <summary>The annotation of Services.</summary>
    public const string Annotation = "networking.istio.io/exportTo";

    /// <summary>Reads the annotation.</summary>
    /// <param name="annotations">The annotations of a Service.</param>
    /// <param name="own">Its namespace.</param>
    /// <returns>The namespaces; empty for all.</returns>
    public static ValueList<string> Of(ImmutableDictionary<string, string> annotations, string own) =>
        Of((annotations.GetValueOrDefault(Annotation) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), own);

    /// <summary>Reads a field.</summary>
    /// <param name="exportTo">The field.</param>
    /// <param name="own">The resource's namespace.</param>
    /// <returns>The namespaces; empty for all. What nobody sees (<c>~</c>) is seen by a namespace that there cannot be.</returns>
    public static ValueList<string> Of(IReadOnlyCollection<string> exportTo, string own) =>
        exportTo.Count == 0 || exportTo.Contains("*") ? [] : [.. exportTo.Select(e => e == "." ? own : e).Distinct().Order(StringComparer.Ordinal)];
}
