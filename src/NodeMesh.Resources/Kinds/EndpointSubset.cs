using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Addresses that share ports.</summary>
public sealed record EndpointSubset
{
    /// <summary>Ready addresses.</summary>
    public ImmutableArray<EndpointAddress> Addresses { get; init; } = [];

    /// <summary>Addresses that are not ready.</summary>
    public ImmutableArray<EndpointAddress> NotReadyAddresses { get; init; } = [];

    /// <summary>The ports.</summary>
    public ImmutableArray<EndpointPort> Ports { get; init; } = [];
}
