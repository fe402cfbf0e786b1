using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A Job.</summary>
public sealed record JobResource : Resource
{
    /// <summary>What is wanted.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public ManifestNode? Status { get; init; }
}
