using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Tunnel.Http2;

/// <summary>A TCP connection after the TLS handshake.</summary>
internal sealed class TunnelTransport(Socket socket, SocketStream wire, SslStream stream, PeerCertificate peer) : IDisposable
{
    private static long _lastId;

    private int _disposed;

    public long Id { get; } = Interlocked.Increment(ref _lastId);

    public Stream Stream { get; } = stream;

    /// <summary>The loop whose thread the connection lives on.</summary>
    public EventLoop Loop => wire.Loop;

    public PeerCertificate Peer { get; } = peer;

    public IPEndPoint LocalEndPoint { get; } = Unmap(socket.LocalEndPoint);

    public IPEndPoint RemoteEndPoint { get; } = Unmap(socket.RemoteEndPoint);

    /// <summary>Says close_notify and FIN; reading goes on.</summary>
    /// <returns>When both are on their way, or the connection is gone.</returns>
    public async Task ShutdownAsync()
    {
        try
        {
            await stream.ShutdownAsync();
            await wire.FlushAsync();
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone already.
        }
    }

    /// <summary>
    /// Reads and drops what still comes. Closing a socket with unread bytes sends RST, which can destroy the GOAWAY that
    /// says why on its way to the peer.
    /// </summary>
    /// <param name="atMost">How long.</param>
    /// <returns>When the peer has closed, or the time is up.</returns>
    public async Task LingerAsync(TimeSpan atMost)
    {
        using var timeout = new CancellationTokenSource(atMost);
        var scratch = new byte[4096];
        try
        {
            while (await wire.ReadAsync(scratch, timeout.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed hard, or the time is up.
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // The socket first: SslStream would wait for a write that hangs.
            wire.Dispose();
            stream.Dispose();
        }
    }

    private static IPEndPoint Unmap(EndPoint? endpoint) => endpoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
        IPEndPoint ip => ip,
        _ => new IPEndPoint(IPAddress.None, 0),
    };
}
