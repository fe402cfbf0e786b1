using NodeMesh.Resources.Manifests;

namespace NodeMesh.Charts;

/// <summary>An object that a chart asks for.</summary>
/// <param name="Source">The file that it is of.</param>
/// <param name="Tree">The object.</param>
public sealed record RenderedObject(string Source, ManifestMapping Tree)
{
    /// <summary>Its group and version.</summary>
    public string ApiVersion => Tree.Text("apiVersion") ?? "";

    /// <summary>Its kind.</summary>
    public string Kind => Tree.Text("kind") ?? "";

    /// <summary>Its name.</summary>
    public string Name => (Tree["metadata"] as ManifestMapping)?.Text("name") ?? "";

    /// <summary>Its namespace; null for one of the whole cluster.</summary>
    public string? Namespace => (Tree["metadata"] as ManifestMapping)?.Text("namespace");

    /// <inheritdoc/>
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
