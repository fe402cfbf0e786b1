using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Lets workloads reach others.</summary>
[PrinterColumn("Destination", "string", ".spec.destination.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record TrafficTargetResource : Resource
{
    /// <summary>Who may reach whom.</summary>
    public required TrafficTargetSpec Spec { get; init; }
}
