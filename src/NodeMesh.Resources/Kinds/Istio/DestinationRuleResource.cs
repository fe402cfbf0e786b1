using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Policies for the traffic to a host, after routing.</summary>
[PrinterColumn("Host", "string", ".spec.host")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record DestinationRuleResource : Resource
{
    /// <summary>The policies.</summary>
    public DestinationRuleSpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
