namespace NodeMesh.Model.Traffic;

/// <summary>Limits and time-outs towards one service, per node proxy. Null limits are not set; what goes beyond one is answered with 503 at once.</summary>
public sealed record ConnectionPool
{
    /// <summary>Connections at most.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How long a connect may take; null for 10 seconds.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>How long an L4 connection may be silent; null for an hour, zero for ever.</summary>
    public TimeSpan? TcpIdleTimeout { get; init; }

    /// <summary>How long a connection may live.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>TCP keep-alive; null leaves it to the kernel.</summary>
    public TcpKeepalive? Keepalive { get; init; }

    /// <summary>Requests that wait for a connection at most.</summary>
    public int? MaxPendingRequests { get; init; }

    /// <summary>Requests under way at most, over HTTP/1.1 and HTTP/2.</summary>
    public int? MaxRequests { get; init; }

    /// <summary>Requests of one connection; 1 turns keep-alive off.</summary>
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary>Retries under way at most.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>How long a connection for HTTP may be idle; null for an hour.</summary>
    public TimeSpan? HttpIdleTimeout { get; init; }

    /// <summary>Requests at once on one connection of HTTP/2.</summary>
    public int? MaxConcurrentStreams { get; init; }

    /// <summary>True to send HTTP/1.1 requests as HTTP/2, false never to; null leaves it to the port.</summary>
    public bool? UpgradeToHttp2 { get; init; }

    /// <summary>True to speak to the backend what the client speaks.</summary>
    public bool UseClientProtocol { get; init; }
}
