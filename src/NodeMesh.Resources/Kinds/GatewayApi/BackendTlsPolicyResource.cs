using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How TLS to a backend is spoken.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record BackendTlsPolicyResource : Resource
{
    /// <summary>The policy.</summary>
    public required BackendTlsPolicySpec Spec { get; init; }

    /// <summary>Written by the controller.</summary>
    public ManifestNode? Status { get; init; }
}
