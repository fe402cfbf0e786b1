using System.Collections.Immutable;

namespace NodeMesh.Resources.Manifests;

/// <summary>A list in a manifest.</summary>
/// <param name="items">Its items.</param>
/// <param name="line">Line, from 1; 0 when not from a file.</param>
/// <param name="column">Column, from 1; 0 when not from a file.</param>
public sealed class ManifestSequence(ImmutableArray<ManifestNode> items, int line = 0, int column = 0) : ManifestNode(line, column)
{
    /// <summary>Its items.</summary>
    public ImmutableArray<ManifestNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Describe() => "a list";

    /// <inheritdoc/>
    public override bool DeepEquals(ManifestNode? other) =>
        other is ManifestSequence list && list.Items.Length == Items.Length && Items.Zip(list.Items).All(pair => pair.First.DeepEquals(pair.Second));
}
