using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How gRPC calls are routed.</summary>
public sealed record GrpcRouteSpec : RouteSpec
{
    /// <summary>Hosts of calls; ignored in the mesh.</summary>
    [Count(0, 16)]
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>Rules; the most specific match wins.</summary>
    [Count(0, 16)]
    public ImmutableArray<GrpcRouteRule> Rules { get; init; } = [];
}
