using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which proxies.</summary>
public sealed record EnvoyProxyMatch
{
    /// <summary>An expression on the version.</summary>
    public string? ProxyVersion { get; init; }

    /// <summary>Metadata of the proxy.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;
}
