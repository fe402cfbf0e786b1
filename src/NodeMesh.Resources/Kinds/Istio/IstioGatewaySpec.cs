using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Listeners of gateway pods.</summary>
public sealed record IstioGatewaySpec
{
    /// <summary>The listeners.</summary>
    public ImmutableArray<GatewayServer> Servers { get; init; } = [];

    /// <summary>Labels of the gateway pods.</summary>
    public ImmutableDictionary<string, string> Selector { get; init; } = ImmutableDictionary<string, string>.Empty;
}
