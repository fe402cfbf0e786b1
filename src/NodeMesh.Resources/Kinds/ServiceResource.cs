using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A Service.</summary>
public sealed record ServiceResource : Resource
{
    /// <summary>What is wanted.</summary>
    public required ServiceSpec Spec { get; init; }

    /// <summary>Load balancer addresses.</summary>
    public ManifestNode? Status { get; init; }
}
