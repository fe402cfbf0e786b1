using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>What all routes say: where they attach.</summary>
public abstract record RouteSpec
{
    /// <summary>What the route attaches to.</summary>
    [Count(0, 32)]
    public ImmutableArray<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it attaches to default gateways.</summary>
    [OneOf("All", "None")]
    public string? UseDefaultGateways { get; init; }
}
