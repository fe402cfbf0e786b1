using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A directory that lives as long as the pod.</summary>
public sealed record EmptyDirVolumeSource
{
    /// <summary>Memory for a tmpfs.</summary>
    public string? Medium { get; init; }

    /// <summary>Without effect in nodemesh local.</summary>
    public ManifestNode? SizeLimit { get; init; }
}
