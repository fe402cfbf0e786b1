using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What to do with TLS connections that match.</summary>
public sealed record VirtualServiceTlsRoute
{
    /// <summary>Alternatives.</summary>
    public required ImmutableArray<TlsMatchAttributes> Match { get; init; }

    /// <summary>Where connections go, by weight.</summary>
    public ImmutableArray<RouteDestination> Route { get; init; } = [];
}
