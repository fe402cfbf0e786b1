using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>An EndpointSlice.</summary>
public sealed record EndpointSliceResource : Resource
{
    /// <summary>What the addresses are.</summary>
    [OneOf("IPv4", "IPv6", "FQDN")]
    public required string AddressType { get; init; }

    /// <summary>The endpoints.</summary>
    public ImmutableArray<EndpointSliceEndpoint> Endpoints { get; init; } = [];

    /// <summary>The ports that they share.</summary>
    public ImmutableArray<EndpointPort> Ports { get; init; } = [];
}
