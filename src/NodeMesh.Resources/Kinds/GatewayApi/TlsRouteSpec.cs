using NodeMesh.Resources.Manifests;
using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How TLS connections are routed.</summary>
public sealed record TlsRouteSpec
{
    /// <summary>What the route attaches to.</summary>
    [Count(0, 32)]
    public ImmutableArray<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it attaches to default gateways.</summary>
    [OneOf("All", "None")]
    public string? UseDefaultGateways { get; init; }

    /// <summary>Server names of connections; no addresses.</summary>
    [Count(0, 16)]
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>Rules.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ConnectionRouteRule> Rules { get; init; }
}
