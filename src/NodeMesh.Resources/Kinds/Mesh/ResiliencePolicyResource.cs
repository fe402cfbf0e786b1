using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A ResiliencePolicy of nodemesh.io: what clients do about endpoints that fail or are slow.</summary>
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record ResiliencePolicyResource : Resource
{
    /// <summary>The policy.</summary>
    public required ResiliencePolicySpec Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
