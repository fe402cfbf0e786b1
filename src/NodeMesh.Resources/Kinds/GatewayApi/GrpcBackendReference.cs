using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A backend of gRPC calls.</summary>
public sealed record GrpcBackendReference : BackendReference
{
    /// <summary>What is changed on the way to this backend.</summary>
    [Count(0, 16)]
    public ImmutableArray<GrpcRouteFilter> Filters { get; init; } = [];
}
