using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A service that the cluster does not know.</summary>
[PrinterColumn("Hosts", "string", ".spec.hosts")]
[PrinterColumn("Location", "string", ".spec.location")]
[PrinterColumn("Resolution", "string", ".spec.resolution")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record ServiceEntryResource : Resource
{
    /// <summary>The service.</summary>
    public required ServiceEntrySpec Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
