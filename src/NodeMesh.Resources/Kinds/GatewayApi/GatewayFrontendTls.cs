using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How clients' certificates are checked, by port.</summary>
public sealed record GatewayFrontendTls
{
    /// <summary>For ports without a setting of their own.</summary>
    public required FrontendTls Default { get; init; }

    /// <summary>For single ports.</summary>
    [Count(0, 64)]
    [UniqueBy("port")]
    public ImmutableArray<FrontendPortTls> PerPort { get; init; } = [];
}
