using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A ServiceAccount: half of an identity.</summary>
public sealed record ServiceAccountResource : Resource
{
    /// <summary>Without effect here.</summary>
    public ManifestNode? Secrets { get; init; }

    /// <summary>Without effect here.</summary>
    public ManifestNode? ImagePullSecrets { get; init; }

    /// <summary>Without effect here.</summary>
    public bool? AutomountServiceAccountToken { get; init; }
}
