using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Routes UDP datagrams.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record UdpRouteResource : Resource
{
    /// <summary>The route.</summary>
    public required ConnectionRouteSpec Spec { get; init; }

    /// <summary>Written by the controller, per parent.</summary>
    public ManifestNode? Status { get; init; }
}
