using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Where a Gateway listens.</summary>
public sealed record GatewaySpec
{
    /// <summary>The GatewayClass.</summary>
    [Length(1, 253)]
    public required string GatewayClassName { get; init; }

    /// <summary>Logical endpoints, unique by port, protocol and hostname.</summary>
    [Count(1, 64)]
    [UniqueBy("name")]
    public required ImmutableArray<GatewayListener> Listeners { get; init; }

    /// <summary>Addresses that are asked for.</summary>
    [Count(0, 16)]
    public ImmutableArray<GatewayAddress> Addresses { get; init; } = [];

    /// <summary>Labels, annotations and parameters of what is created for the gateway.</summary>
    public GatewayInfrastructure? Infrastructure { get; init; }

    /// <summary>Which ListenerSets may attach; none when missing.</summary>
    public AllowedListeners? AllowedListeners { get; init; }

    /// <summary>TLS for the whole gateway.</summary>
    public GatewayTlsSettings? Tls { get; init; }

    /// <summary>Whether routes without parents attach.</summary>
    [OneOf("All", "None")]
    public string? DefaultScope { get; init; }
}
