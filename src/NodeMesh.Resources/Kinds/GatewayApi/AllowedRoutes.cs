using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Which routes may attach to a listener.</summary>
public sealed record AllowedRoutes
{
    /// <summary>From which namespaces; the gateway's own when missing.</summary>
    public RouteNamespaces? Namespaces { get; init; }

    /// <summary>Of which kinds; those that fit the protocol when missing.</summary>
    [Count(0, 8)]
    public ImmutableArray<RouteGroupKind> Kinds { get; init; } = [];
}
