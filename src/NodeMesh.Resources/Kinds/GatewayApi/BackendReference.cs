using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A backend that traffic is sent to.</summary>
public record BackendReference : BackendObjectReference
{
    /// <summary>Share of the traffic among its siblings; 1 when missing, 0 gets none.</summary>
    [InRange(0, 1000000)]
    public int? Weight { get; init; }
}
