using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>More listeners for a Gateway.</summary>
public sealed record ListenerSetSpec
{
    /// <summary>The gateway.</summary>
    public required ParentGatewayReference ParentRef { get; init; }

    /// <summary>Listeners, unique by port, protocol and hostname.</summary>
    [Count(1, 64)]
    [UniqueBy("name")]
    public required ImmutableArray<GatewayListener> Listeners { get; init; }
}
