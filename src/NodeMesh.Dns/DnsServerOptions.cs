namespace NodeMesh.Dns;

/// <summary>Limits of a server.</summary>
public sealed record DnsServerOptions
{
    /// <summary>How long a TCP connection may be silent. Default 5 seconds.</summary>
    public TimeSpan TcpIdleTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TCP connections at once for one listener; more are closed at once. Default 256.</summary>
    public int MaxTcpConnections { get; init; } = 256;

    /// <summary>UDP questions under way at once for one socket; more are dropped, and the client asks again. Default 512.</summary>
    public int MaxUdpQuestions { get; init; } = 512;
}
