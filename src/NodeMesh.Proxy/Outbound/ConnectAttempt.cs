using Microsoft.AspNetCore.Connections;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>The outcome of one try to reach an endpoint.</summary>
/// <param name="Upstream">The connection; null when it failed.</param>
/// <param name="Reason">Why it failed; <see cref="ConnectionEndReason.None"/> when it did not.</param>
/// <param name="Error">One line of detail for a failure.</param>
internal readonly record struct ConnectAttempt(ConnectionContext? Upstream, ConnectionEndReason Reason, string? Error)
{
    /// <summary>True when another endpoint may do better: policy would refuse there as well.</summary>
    public bool MayRetry => Upstream is null && Reason is
        ConnectionEndReason.ConnectFailed or ConnectionEndReason.TlsFailed or ConnectionEndReason.IdentityMismatch or
        ConnectionEndReason.TunnelFailed or ConnectionEndReason.PeerRefused or ConnectionEndReason.NoHealthyEndpoint;

    /// <summary>A connection.</summary>
    /// <param name="upstream">The connection.</param>
    /// <returns>The outcome.</returns>
    public static ConnectAttempt To(ConnectionContext upstream) => new(upstream, ConnectionEndReason.None, null);

    /// <summary>A failure.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="error">One line of detail.</param>
    /// <returns>The outcome.</returns>
    public static ConnectAttempt Failed(ConnectionEndReason reason, string error) => new(null, reason, error);
}
