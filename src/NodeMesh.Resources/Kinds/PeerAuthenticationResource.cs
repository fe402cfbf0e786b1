using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Whether workloads take connections without mutual TLS.</summary>
[PrinterColumn("Mode", "string", ".spec.mtls.mode")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Enforced", "string", ".status.conditions[?(@.type==\"Enforced\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record PeerAuthenticationResource : Resource
{
    /// <summary>Whether plaintext peers are accepted.</summary>
    public PeerAuthenticationSpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
