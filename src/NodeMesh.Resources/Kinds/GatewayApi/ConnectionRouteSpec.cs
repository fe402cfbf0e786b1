using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How connections are routed.</summary>
public sealed record ConnectionRouteSpec : RouteSpec
{
    /// <summary>The rules; a connection goes by the first.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ConnectionRouteRule> Rules { get; init; }
}
