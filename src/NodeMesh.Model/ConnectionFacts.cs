using System.Net;

namespace NodeMesh.Model;

/// <summary>What a policy can see of a connection.</summary>
/// <param name="Peer">The source's proven identity; null over plaintext.</param>
/// <param name="Source">The client's address.</param>
/// <param name="Destination">The workload's address.</param>
/// <param name="DestinationPort">The workload's port: the real one, not the service's.</param>
public readonly record struct ConnectionFacts(SpiffeId? Peer, IPAddress Source, IPAddress Destination, int DestinationPort)
{
    /// <summary>The peer as policies name it, made once for all matches; null over plaintext.</summary>
    internal string? Principal { get; } = Peer?.Principal;
}
