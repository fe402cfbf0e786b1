using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Routes TLS connections by server name.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record TlsRouteResource : Resource
{
    /// <summary>The route.</summary>
    public required TlsRouteSpec Spec { get; init; }

    /// <summary>Written by the controller, per parent.</summary>
    public ManifestNode? Status { get; init; }
}
