using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>A node of the cluster: where its proxy's shared tunnels end, and where it is.</summary>
public sealed record MeshNode
{
    /// <summary>The node's name.</summary>
    public required string Name { get; init; }

    /// <summary>The node's own addresses; tunnels to its pods end on port 15008 of the first one of a family that the dialler has.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Where the node is.</summary>
    public Locality Locality { get; init; } = Locality.Unknown;

    /// <summary>True when the node runs a NodeMesh proxy, so that shared tunnels may end there; false: its pods are reached as plain ambient peers.</summary>
    public bool HasNodeTunnel { get; init; } = true;
}
