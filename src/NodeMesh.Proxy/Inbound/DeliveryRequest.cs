using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Inbound;

/// <summary>A connection that wants to reach an application of this node.</summary>
/// <param name="Pod">The destination pod.</param>
/// <param name="Destination">The pod's address and its real port.</param>
/// <param name="Source">The client's address.</param>
/// <param name="Peer">The client's proven identity; null over plaintext.</param>
/// <param name="Security">How the bytes come.</param>
/// <param name="Started">When the proxy got it.</param>
internal sealed record DeliveryRequest(
    PodRuntime Pod,
    IPEndPoint Destination,
    IPEndPoint Source,
    SpiffeId? Peer,
    ConnectionSecurity Security,
    DateTimeOffset Started)
{
    /// <summary>The tunnel that it came by; null without one.</summary>
    public long? TunnelId { get; init; }

    /// <summary>Where that tunnel comes from; null without one.</summary>
    public IPEndPoint? TunnelAddress { get; init; }

    /// <summary>The service that the client says it addressed; for telemetry alone.</summary>
    public string? ServiceHint { get; init; }

    /// <summary>The trace id that the client's proxy logs; null when it sent none.</summary>
    public string? TraceId { get; init; }

    /// <summary>Whether the client's first bytes are at hand, so that they follow as soon as the application has taken the connection.</summary>
    public bool HasData { get; init; }

    /// <summary>Counters shared with the client's end on this node; null for own ones.</summary>
    public TransferCounters? Bytes { get; init; }
}
