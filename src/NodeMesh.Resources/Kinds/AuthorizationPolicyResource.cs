using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Who may connect to workloads, and who may not.</summary>
[PrinterColumn("Action", "string", ".spec.action")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Enforced", "string", ".status.conditions[?(@.type==\"Enforced\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record AuthorizationPolicyResource : Resource
{
    /// <summary>What is allowed or refused; missing: nothing is allowed.</summary>
    public AuthorizationPolicySpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
