using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Splits the traffic of a service among others.</summary>
[PrinterColumn("Service", "string", ".spec.service")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record TrafficSplitResource : Resource
{
    /// <summary>The split.</summary>
    public required TrafficSplitSpec Spec { get; init; }
}
