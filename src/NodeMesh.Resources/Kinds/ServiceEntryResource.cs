using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A ServiceEntry of networking.istio.io.</summary>
public sealed record ServiceEntryResource : Resource
{
    /// <summary>A service that the cluster does not know.</summary>
    public ServiceEntrySpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
