using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What to do with connections that match.</summary>
public sealed record VirtualServiceTcpRoute
{
    /// <summary>Alternatives; everything when missing.</summary>
    public ImmutableArray<L4MatchAttributes> Match { get; init; } = [];

    /// <summary>Where connections go, by weight.</summary>
    public ImmutableArray<RouteDestination> Route { get; init; } = [];
}
