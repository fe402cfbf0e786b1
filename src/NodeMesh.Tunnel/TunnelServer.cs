using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>The server side: takes accepted TCP connections through the handshake and hands each CONNECT request to a handler.</summary>
public sealed class TunnelServer : IAsyncDisposable
{
    private readonly TunnelOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<ServerConnection, bool> _connections = new();
    private readonly TunnelPlaces _places = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _beat;
    private volatile bool _draining;

    /// <summary>Makes a server without connections.</summary>
    /// <param name="options">Sizes, limits and times.</param>
    /// <param name="time">The clock of keepalives.</param>
    /// <param name="log">The log.</param>
    public TunnelServer(TunnelOptions options, TimeProvider time, ILoggerFactory log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        _options = options;
        _time = time;
        _log = log.CreateLogger<TunnelServer>();

        // One beat for all connections, not a timer each; a quarter of the interval keeps the error of its times below that.
        _beat = time.CreateTimer(static s => ((TunnelServer)s!).Beat(), this, options.PingInterval / 4, options.PingInterval / 4);
    }

    /// <summary>How many tunnels are open.</summary>
    public int ActiveTunnels => _connections.Count;

    /// <summary>Serves one TCP connection until it is closed. A peer that fails the handshake or breaks the protocol is counted and logged, not thrown.</summary>
    /// <param name="accepted">The connection; owned from now on.</param>
    /// <param name="serverCertificate">Gives the certificate to present; its trust bundle and trust domain judge the client's.</param>
    /// <param name="handler">Called once per CONNECT request, in the tunnel's event loop, where it must not block; may run for as long as the connection lives.</param>
    /// <param name="ct">Closes the tunnel at once.</param>
    /// <returns>When the tunnel is closed and every handler has returned.</returns>
    public Task ServeAsync(Socket accepted, Func<CancellationToken, ValueTask<WorkloadCertificate>> serverCertificate, Func<TunnelRequest, Task> handler, CancellationToken ct) =>
        ServeAsync(accepted, serverCertificate, handler, static () => { }, ct);

    /// <summary>As <see cref="ServeAsync(Socket, Func{CancellationToken, ValueTask{WorkloadCertificate}}, Func{TunnelRequest, Task}, CancellationToken)"/>, and tells when the handshake is over.</summary>
    /// <param name="accepted">The connection; owned from now on.</param>
    /// <param name="serverCertificate">Gives the certificate to present; its trust bundle and trust domain judge the client's.</param>
    /// <param name="handler">Called once per CONNECT request, in the tunnel's event loop, where it must not block; may run for as long as the connection lives.</param>
    /// <param name="handshakeEnded">Called once when the handshake has succeeded or failed, for those who bound how many are under way.</param>
    /// <param name="ct">Closes the tunnel at once.</param>
    /// <returns>When the tunnel is closed and every handler has returned.</returns>
    public async Task ServeAsync(
        Socket accepted,
        Func<CancellationToken, ValueTask<WorkloadCertificate>> serverCertificate,
        Func<TunnelRequest, Task> handler,
        Action handshakeEnded,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(handshakeEnded);
        ArgumentNullException.ThrowIfNull(accepted);
        ArgumentNullException.ThrowIfNull(serverCertificate);
        ArgumentNullException.ThrowIfNull(handler);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token);
        using (accepted)
        {
            TunnelTransport? transport;
            (PeerCertificate Peer, IPAddress Node, int Loop)? place = null;
            try
            {
                transport = await HandshakeAsync(accepted, serverCertificate, Place, stopping.Token);
            }
            finally
            {
                handshakeEnded();
            }

            if (transport is null)
            {
                Leave();
                return;
            }

            var connection = new ServerConnection(transport, _options, _time, handler, _log);
            _connections[connection] = true;
            if (_draining)
            {
                connection.Drain();
            }

            TunnelLog.Opened(_log, connection.Id, transport.RemoteEndPoint);
            try
            {
                await connection.RunAsync(stopping.Token);
                LogEnd(connection);
                await connection.HandlersAsync();
            }
            finally
            {
                _connections.TryRemove(connection, out _);
                Leave();
            }

            EventLoop Place(PeerCertificate peer)
            {
                var node = (accepted.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
                place = (peer, node, _places.Take(peer, node));
                return EventLoop.All[place.Value.Loop];
            }

            void Leave()
            {
                if (place is { } taken)
                {
                    _places.Leave(taken.Peer, taken.Node, taken.Loop);
                }
            }
        }
    }

    /// <summary>Tells every peer to open no more streams (GOAWAY) and waits until the open ones have ended.</summary>
    /// <param name="ct">Ends the wait; the streams that are left are then cut.</param>
    /// <returns>When every tunnel is closed.</returns>
    public async Task DrainAsync(CancellationToken ct)
    {
        _draining = true;
        var connections = _connections.Keys.ToArray();
        foreach (var connection in connections)
        {
            connection.Drain();
        }

        var all = Task.WhenAll(connections.Select(c => c.Closed));
        try
        {
            await all.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            foreach (var connection in connections)
            {
                connection.Abort();
            }

            await all;
        }
    }

    /// <summary>Closes every tunnel at once.</summary>
    /// <returns>When all are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beat.DisposeAsync();
        await Task.WhenAll(_connections.Keys.Select(c => c.Closed));
    }

    private async Task<TunnelTransport?> HandshakeAsync(
        Socket accepted, Func<CancellationToken, ValueTask<WorkloadCertificate>> serverCertificate, Func<PeerCertificate, EventLoop> place, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        IPEndPoint? peer = null;
        try
        {
            peer = accepted.RemoteEndPoint as IPEndPoint;
            accepted.NoDelay = true;
            var own = await serverCertificate(either.Token);
            return await TunnelHandshake.AcceptAsync(accepted, own, place, _time, either.Token);
        }
        catch (HandshakeException e)
        {
            Refused(peer, e.Reason, e.Message);
        }
        catch (CertificateUnavailableException e)
        {
            Refused(peer, "own-certificate", e.Message);
        }
        catch (SocketException e)
        {
            Refused(peer, "closed", e.Message);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            if (timeout.IsCancellationRequested)
            {
                Refused(peer, "timeout", $"it did not end within {_options.HandshakeTimeout}");
            }
        }

        return null;
    }

    private void Refused(IPEndPoint? peer, string reason, string why)
    {
        TunnelMetrics.HandshakeFailed(TunnelMetrics.Server, reason);
        TunnelLog.HandshakeRefused(_log, peer, reason, why);
    }

    private void LogEnd(ServerConnection connection)
    {
        if (connection.Failure is Http2ConnectionException broken)
        {
            TunnelLog.PeerBrokeProtocol(_log, connection.Id, connection.Transport.RemoteEndPoint, broken.Kind, broken.Message);
        }
        else
        {
            TunnelLog.Closed(_log, connection.Id, connection.Transport.RemoteEndPoint, connection.EndReason);
        }
    }

    private void Beat()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.OnBeat();

            // The client proved who it is for no longer than this; a client of ours has left by itself.
            if (_time.GetUtcNow() >= connection.Peer.NotAfter)
            {
                connection.Drain();
            }
        }
    }
}
