using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How HTTP requests are routed.</summary>
public sealed record HttpRouteSpec : RouteSpec
{
    /// <summary>Hosts of requests; ignored in the mesh.</summary>
    [Count(0, 16)]
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>Rules; the most specific match wins.</summary>
    [Count(0, 16)]
    public ImmutableArray<HttpRouteRule> Rules { get; init; } = [];
}
