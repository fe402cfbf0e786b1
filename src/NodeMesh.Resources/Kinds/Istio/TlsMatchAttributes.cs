using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Conditions on a TLS connection, all of which must hold.</summary>
public sealed record TlsMatchAttributes
{
    /// <summary>Server names, each within the hosts.</summary>
    public required ImmutableArray<string> SniHosts { get; init; }

    /// <summary>Networks of the destination.</summary>
    public ImmutableArray<string> DestinationSubnets { get; init; } = [];

    /// <summary>The port that the client connects to.</summary>
    [InRange(0, 65535)]
    public int? Port { get; init; }

    /// <summary>Labels of the client.</summary>
    public ImmutableDictionary<string, string> SourceLabels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gateways, instead of the resource's own.</summary>
    public ImmutableArray<string> Gateways { get; init; } = [];

    /// <summary>The client's namespace.</summary>
    public string? SourceNamespace { get; init; }
}
