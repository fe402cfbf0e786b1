using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A WorkloadEntry of networking.istio.io.</summary>
public sealed record WorkloadEntryResource : Resource
{
    /// <summary>A workload outside the cluster.</summary>
    public WorkloadEntrySpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
