using NodeMesh.Charts.Templates;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Charts.Values;

/// <summary>The values that a chart is rendered with.</summary>
public sealed class ChartValues
{
    internal ChartValues(SortedDictionary<string, object?> tree) => Tree = tree;

    internal SortedDictionary<string, object?> Tree { get; }

    /// <summary>A value as text.</summary>
    /// <param name="path">The fields to it.</param>
    /// <returns>The text; null where there is none, or no scalar.</returns>
    public string? Text(params ReadOnlySpan<string> path)
    {
        object? at = Tree;
        foreach (var field in path)
        {
            at = at is SortedDictionary<string, object?> map && map.TryGetValue(field, out var value) ? value : null;
        }

        return GoValue.Print(at);
    }

    /// <summary>All values as YAML.</summary>
    public string ToYaml() => ManifestWriter.ToYaml(GoValue.ToNode(Tree));
}
