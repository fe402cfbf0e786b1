namespace NodeMesh.Proxy.Hosting;

/// <summary>Limits of the data path.</summary>
internal sealed record ProxyLimits
{
    /// <summary>Connections that one pod may have open, both directions; more are refused. Default 16,384: beyond what a busy server holds, below what a node proxy may open.</summary>
    public int ConnectionsPerPod { get; init; } = 16_384;

    /// <summary>How long a TCP connect may take. Default 10 s, as ambient mode.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>TLS handshakes that may be under way at once on one listener; more wait to be accepted. Default 256.</summary>
    public int HandshakesPerListener { get; init; } = 256;

    /// <summary>How long a TLS handshake may take. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection waits for discovery to know its pod and policies. Default 5 s, as ambient mode.</summary>
    public TimeSpan SyncTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a client may be silent on a port that does not say what it carries, and has policies for requests, before it is taken for one whose server
    /// speaks first. Default 1 s.
    /// </summary>
    public TimeSpan ProtocolDetectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a half-closed connection may be silent. Default 1 h.</summary>
    public TimeSpan HalfCloseTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an open connection may be silent; zero (the default) is for ever: keepalives find dead peers.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>How long connections may go on after SIGTERM or after their pod went. Default 20 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
