namespace NodeMesh.Resources.Manifests;

/// <summary>A value in a manifest, with its place. Nodes are immutable and may be shared between trees (aliases).</summary>
/// <param name="line">Line, from 1; 0 for a node that was not read from a file.</param>
/// <param name="column">Column, from 1; 0 for a node that was not read from a file.</param>
public abstract class ManifestNode(int line, int column)
{
    /// <summary>Line, from 1; 0 for a node that was not read from a file.</summary>
    public int Line { get; } = line;

    /// <summary>Column, from 1; 0 for a node that was not read from a file.</summary>
    public int Column { get; } = column;

    /// <summary>What it is, for error messages: <c>a map</c>, <c>a list</c>, <c>the number 5</c>.</summary>
    public abstract string Describe();

    /// <summary>Compares by value, without regard to place or to the order of keys.</summary>
    /// <param name="other">The other tree.</param>
    /// <returns>True when both say the same.</returns>
    public abstract bool DeepEquals(ManifestNode? other);

    /// <summary>The node at a path of keys.</summary>
    /// <param name="keys">Keys, outermost first.</param>
    /// <returns>The node, or null when there is none.</returns>
    public ManifestNode? At(params ReadOnlySpan<string> keys)
    {
        var node = this;
        foreach (var key in keys)
        {
            node = (node as ManifestMapping)?[key];
        }

        return node;
    }
}
