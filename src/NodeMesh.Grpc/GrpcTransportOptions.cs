using System.Net.Security;

namespace NodeMesh.Grpc;

/// <summary>How a channel's connections are made.</summary>
public sealed record GrpcTransportOptions
{
    /// <summary>TLS of <c>https</c> addresses; null: the machine's trust store.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>After how much silence an HTTP/2 PING asks whether the server is alive; infinite: never.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer to the PING may take before the connection counts as dead.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long TCP and TLS may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes the transport stream in place of an ordinary TCP connection; null: ordinary.</summary>
    public Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? ConnectCallback { get; init; }
}
