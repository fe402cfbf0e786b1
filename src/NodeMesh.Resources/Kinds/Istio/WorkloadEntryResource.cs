using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A workload outside the cluster.</summary>
[PrinterColumn("Address", "string", ".spec.address")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record WorkloadEntryResource : Resource
{
    /// <summary>The workload.</summary>
    public required WorkloadEntrySpec Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
