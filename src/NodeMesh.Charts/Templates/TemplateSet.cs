namespace NodeMesh.Charts.Templates;

/// <summary>What the templates of a chart define for each other.</summary>
internal sealed class TemplateSet
{
    /// <summary>The definitions by name, with the file that each is in.</summary>
    public Dictionary<string, (string File, IReadOnlyList<TemplateNode> Body)> Definitions { get; } = new(StringComparer.Ordinal);
}
