using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Routes TCP connections.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record TcpRouteResource : Resource
{
    /// <summary>The route.</summary>
    public required ConnectionRouteSpec Spec { get; init; }

    /// <summary>Written by the controller, per parent.</summary>
    public ManifestNode? Status { get; init; }
}
