using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Identity;

namespace NodeMesh.Tunnel;

/// <summary>The server side: takes accepted TCP connections through the handshake and hands each CONNECT request to a handler.</summary>
public sealed class TunnelServer : IAsyncDisposable
{
    /// <summary>Makes a server without connections.</summary>
    /// <param name="options">Sizes, limits and times.</param>
    /// <param name="time">The clock of keepalives.</param>
    /// <param name="log">The log.</param>
    public TunnelServer(TunnelOptions options, TimeProvider time, ILoggerFactory log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
    }

    /// <summary>Serves one TCP connection until it is closed. A peer that fails the handshake or breaks the protocol is counted and logged, not thrown.</summary>
    /// <param name="accepted">The connection; owned from now on.</param>
    /// <param name="serverCertificate">Gives the certificate to present; its trust bundle and trust domain judge the client's.</param>
    /// <param name="handler">Called once per CONNECT request; may run for as long as the connection lives.</param>
    /// <param name="ct">Closes the tunnel at once.</param>
    /// <returns>When the tunnel is closed and every handler has returned.</returns>
    public Task ServeAsync(Socket accepted, Func<CancellationToken, ValueTask<WorkloadCertificate>> serverCertificate, Func<TunnelRequest, Task> handler, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Tells every peer to open no more streams (GOAWAY) and waits until the open ones have ended.</summary>
    /// <param name="ct">Ends the wait; the streams that are left are then cut.</param>
    /// <returns>When every tunnel is closed.</returns>
    public Task DrainAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Closes every tunnel at once.</summary>
    /// <returns>When all are closed.</returns>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
