using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Routes the requests and connections to hosts.</summary>
[PrinterColumn("Gateways", "string", ".spec.gateways")]
[PrinterColumn("Hosts", "string", ".spec.hosts")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record VirtualServiceResource : Resource
{
    /// <summary>The routing.</summary>
    public VirtualServiceSpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
