using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A Namespace.</summary>
public sealed record NamespaceResource : Resource
{
    /// <summary>Finalizers; without effect here.</summary>
    public ManifestNode? Spec { get; init; }

    /// <summary>Its phase.</summary>
    public ManifestNode? Status { get; init; }
}
