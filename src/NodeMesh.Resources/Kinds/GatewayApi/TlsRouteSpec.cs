using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How TLS connections are routed.</summary>
public sealed record TlsRouteSpec : RouteSpec
{
    /// <summary>Server names of connections; no addresses.</summary>
    [Count(0, 16)]
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>The rules; a connection goes by the first.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ConnectionRouteRule> Rules { get; init; }
}
