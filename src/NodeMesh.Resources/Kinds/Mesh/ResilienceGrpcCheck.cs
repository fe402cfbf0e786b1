using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A health check by grpc.health.v1.Health/Check.</summary>
public sealed record ResilienceGrpcCheck
{
    /// <summary>The service that is asked for; the whole server when missing.</summary>
    [Length(0, 253)]
    public string? Service { get; init; }
}
