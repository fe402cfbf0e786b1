using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>What a traffic policy says of the connections that requests leave by.</summary>
/// <param name="ConnectTimeout">How long a connect may take; null for the proxy's own limit.</param>
/// <param name="IdleTimeout">How long a connection may be idle; null for the proxy's own time.</param>
/// <param name="Lifetime">How long a connection takes new requests; null for ever.</param>
/// <param name="RequestsPerConnection">How many requests a connection takes; null for any number.</param>
/// <param name="ConcurrentRequests">How many at once over HTTP/2; null for as many as the endpoint allows.</param>
/// <param name="Keepalive">TCP keep-alive; null leaves it to the kernel.</param>
internal sealed record UpstreamLimits(
    TimeSpan? ConnectTimeout, TimeSpan? IdleTimeout, TimeSpan? Lifetime, int? RequestsPerConnection, int? ConcurrentRequests, TcpKeepalive? Keepalive)
{
    private static readonly UpstreamLimits Nothing = new(null, null, null, null, null, null);

    /// <summary>True when requests have to be counted for each connection.</summary>
    public bool CountsRequests => RequestsPerConnection is not null || ConcurrentRequests is not null;

    /// <summary>What a policy says.</summary>
    /// <param name="pool">The policy; null for none.</param>
    /// <returns>The limits; null where it says nothing of connections.</returns>
    public static UpstreamLimits? Of(ConnectionPool? pool)
    {
        if (pool is null)
        {
            return null;
        }

        var limits = new UpstreamLimits(
            pool.ConnectTimeout,
            Positive(pool.HttpIdleTimeout),
            Positive(pool.MaxConnectionDuration),
            pool.MaxRequestsPerConnection,
            pool.MaxConcurrentStreams,
            pool.Keepalive);
        return limits == Nothing ? null : limits;
    }

    // As in Istio, zero turns a limit of time off.
    private static TimeSpan? Positive(TimeSpan? time) => time > TimeSpan.Zero ? time : null;
}
