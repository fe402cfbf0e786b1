using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel;

/// <summary>What a client asks of the far end of a tunnel: a connection to <paramref name="Authority"/> (RFC 9113 section 8.5).</summary>
/// <param name="Authority">The destination, <c>host:port</c> or <c>[v6]:port</c>.</param>
/// <param name="Headers">Further headers in order, names in lower case: <c>forwarded</c>, <c>baggage</c>, <c>traceparent</c>.</param>
public sealed record TunnelConnectRequest(string Authority, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The event loop that the connection's other end lives on; nothing when it lives on none. Its tunnel is to live there too.</summary>
    public EventLoop? Near { get; init; }

    /// <summary>
    /// What the client has sent already: it leaves with the request as far as windows allow (<see cref="TunnelConnection.EarlySent"/>), instead of waiting for the
    /// answer. It stays the caller's until the connection is made or has failed: a request that was refused may be
    /// made again, one whose fate is not known may not (<see cref="TunnelException.MayHaveDelivered"/>).
    /// </summary>
    public ReadOnlyMemory<byte> Early { get; init; }
}
