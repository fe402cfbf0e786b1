using System.Collections.Immutable;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Writes labels for messages.</summary>
internal static class LabelText
{
    /// <summary>Labels as <c>a=b,c=d</c>, sorted.</summary>
    /// <param name="labels">The labels.</param>
    /// <returns>The text.</returns>
    public static string Of(ImmutableDictionary<string, string> labels) => string.Join(",", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
}
