using NodeMesh.Resources.Manifests;
using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How gRPC calls are routed.</summary>
public sealed record GrpcRouteSpec
{
    /// <summary>What the route attaches to.</summary>
    [Count(0, 32)]
    public ImmutableArray<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it attaches to default gateways.</summary>
    [OneOf("All", "None")]
    public string? UseDefaultGateways { get; init; }

    /// <summary>Hosts of calls; ignored in the mesh.</summary>
    [Count(0, 16)]
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>Rules; the most specific match wins.</summary>
    [Count(0, 16)]
    public ImmutableArray<GrpcRouteRule> Rules { get; init; } = [];
}
