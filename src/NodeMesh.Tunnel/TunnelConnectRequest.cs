using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel;

/// <summary>What a client asks of the far end of a tunnel: a connection to <paramref name="Authority"/> (RFC 9113 section 8.5).</summary>
/// <param name="Authority">The destination, <c>host:port</c> or <c>[v6]:port</c>.</param>
/// <param name="Headers">Further headers in order, names in lower case: <c>forwarded</c>, <c>baggage</c>, <c>traceparent</c>.</param>
public sealed record TunnelConnectRequest(string Authority, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The event loop that the connection's other end lives on; nothing when it lives on none. Its tunnel is to live there too.</summary>
    public EventLoop? Near { get; init; }
}
