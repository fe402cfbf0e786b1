namespace NodeMesh.Tunnel;

/// <summary>Sizes, limits and times of tunnels. The defaults are those of ambient mode, so that both kinds of peer see the same.</summary>
public sealed record TunnelOptions
{
    /// <summary>How many bytes a peer may send on one stream before we have consumed any; 4 MiB.</summary>
    public int StreamWindow { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many bytes a peer may send on all streams of a tunnel before we have consumed any; 16 MiB. Above <see cref="StreamWindow"/>, or one unread stream would stop all others.</summary>
    public int ConnectionWindow { get; init; } = 16 * 1024 * 1024;

    /// <summary>The largest frame payload we accept, in bytes; 1 MiB (RFC 9113 section 4.2 allows 16,384 to 16,777,215).</summary>
    public int MaxFrameSize { get; init; } = 1024 * 1024;

    /// <summary>How many streams a client may have open at once on a tunnel that we serve; 200.</summary>
    public int MaxConcurrentStreams { get; init; } = 200;

    /// <summary>How many streams the pool puts on one tunnel before it opens another; 100, or less where the peer says so.</summary>
    public int MaxStreamsPerTunnel { get; init; } = 100;

    /// <summary>How many tunnels the pool opens to one target at most because the ones there are busy; 4.</summary>
    public int MaxBulkTunnels { get; init; } = 4;

    /// <summary>The largest header list that we accept as a server, in bytes as RFC 9113 section 10.5.1 counts them; 64 KiB.</summary>
    public int MaxServerHeaderListSize { get; init; } = 64 * 1024;

    /// <summary>The largest header list that we accept as a client; 16 KiB.</summary>
    public int MaxClientHeaderListSize { get; init; } = 16 * 1024;

    /// <summary>How long a tunnel may be silent before we send a PING; 10 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a PING may go unanswered before the tunnel counts as dead; 20 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long dialling, and then the handshake, may take each; 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the far end may take to answer a request; 30 s, above what waiting for its model and connecting to the application may take. Looked at four times per <see cref="PingInterval"/>.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the pool keeps a tunnel without streams; 5 min.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
