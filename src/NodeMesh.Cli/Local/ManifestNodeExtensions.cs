using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Local;

/// <summary>Short ways into manifest trees.</summary>
internal static class ManifestNodeExtensions
{
    /// <summary>The field <c>name</c> of a map; empty when it has none.</summary>
    /// <param name="node">The map.</param>
    public static string Name(this ManifestNode? node) => (node as ManifestMapping)?.Text("name") ?? "";

    /// <summary>The text at a path; empty when there is none.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="keys">Keys, outermost first.</param>
    public static string TextAt(this ManifestNode node, params ReadOnlySpan<string> keys) =>
        node.At(keys) is ManifestScalar { Kind: not ScalarKind.Null } scalar ? scalar.Text : "";

    /// <summary>The items at a path; none when there is no list.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="keys">Keys, outermost first.</param>
    public static IEnumerable<ManifestMapping> ItemsAt(this ManifestNode node, params ReadOnlySpan<string> keys) =>
        (node.At(keys) as ManifestSequence)?.Items.OfType<ManifestMapping>() ?? [];
}
