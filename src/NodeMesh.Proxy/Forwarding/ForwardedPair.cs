using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Transport;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.State;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>
/// Two connections joined: bytes, half-closes and resets of one reach the other. The two directions are independent. A reset of one end, or a request to
/// close, resets both.
/// </summary>
internal sealed class ForwardedPair
{
    // Conntrack forgets a redirected connection 60 s after a half-close (nf_conntrack_tcp_timeout_close_wait); a probe that goes unanswered must
    // come before that, or both sockets would hang for ever.
    private static readonly TimeSpan HalfClosedKeepAlive = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan HalfClosedKeepAliveInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(180);
    private const int Probes = 1;
    private const int ProbesHalfClosed = 2;
    private const int HalfClosedKeepAliveCount = 4;
    private const int KeepAliveCount = 9;

    private readonly ConnectionContext _client;
    private readonly ConnectionContext _server;
    private readonly TransferCounters _counters;
    private readonly Lock _gate = new();
    private ConnectionEndReason _reason;
    private string? _error;
    private int _finished;
    private int _probes;
    private long _lastBytes;

    /// <summary>Joins two connections; nothing moves before <see cref="RunAsync"/>.</summary>
    /// <param name="client">Towards the client.</param>
    /// <param name="server">Towards the server.</param>
    /// <param name="counters">Counts the bytes.</param>
    public ForwardedPair(ConnectionContext client, ConnectionContext server, TransferCounters counters)
    {
        _client = client;
        _server = server;
        _counters = counters;
    }

    /// <summary>True once exactly one direction has ended.</summary>
    public bool IsHalfClosed => Volatile.Read(ref _finished) == 1;

    /// <summary>What moves in the kernel beside the copy loops; null for nothing.</summary>
    internal KernelPair? Kernel => _counters.Kernel;

    /// <summary>Its legs that may move in the kernel; null for none.</summary>
    internal KernelLegs? Legs => _counters.Legs;

    /// <summary>TCP keep-alive towards the server, where a policy says it; else null.</summary>
    public TcpKeepalive? Keepalive { get; init; }

    /// <summary>How long it may be silent, where a policy says it; zero for ever.</summary>
    public TimeSpan? IdleLimit { get; init; }

    /// <summary>How long it may live; null for ever.</summary>
    public TimeSpan? DurationLimit { get; init; }

    /// <summary>When the heartbeat began to watch it, as a timestamp.</summary>
    internal long Began { get; set; }

    /// <summary>Timestamp of the last heartbeat that saw new bytes; set by the heartbeat alone.</summary>
    internal long LastActivity { get; set; }

    /// <summary>Moves bytes until both directions have ended, and disposes both connections.</summary>
    /// <returns>Why it ended and one line of detail.</returns>
    public async Task<(ConnectionEndReason Reason, string? Error)> RunAsync()
    {
        try
        {
            if (TryForward() is { } forwarder)
            {
                Ended(await forwarder.RunAsync());
            }
            else
            {
                await CopyAsync();
            }
        }
        finally
        {
            // Also after a fault of our own: a socket that nobody reads would stay open for ever.
            await _client.DisposeAsync();
            await _server.DisposeAsync();
        }

        lock (_gate)
        {
            return (_reason == ConnectionEndReason.None ? ConnectionEndReason.Completed : _reason, _error);
        }
    }

    /// <summary>Resets both ends. The first reason given stays.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="error">One line of detail.</param>
    public void Abort(ConnectionEndReason reason, string error)
    {
        lock (_gate)
        {
            if (_reason == ConnectionEndReason.None)
            {
                _reason = reason;
                _error = error;
            }
        }

        var cause = new ConnectionAbortedException(error);
        _client.Abort(cause);
        _server.Abort(cause);
    }

    /// <summary>What resets the pair when somebody asks one of its records to end.</summary>
    /// <param name="record">The record.</param>
    /// <returns>The action.</returns>
    public Action RequestedAbort(ConnectionRecord record) => () => Abort(record.CloseReason, record.DescribeClose());

    /// <summary>Says whether bytes moved since the last call; for the heartbeat alone.</summary>
    /// <returns>True when any did.</returns>
    internal bool TakeProgress()
    {
        var bytes = _counters.Received + _counters.Sent;
        var moved = bytes != _lastBytes;
        _lastBytes = bytes;
        return moved;
    }

    /// <summary>Two plain sockets: the event loop moves the bytes, and no task of ours wakes up for them.</summary>
    private SocketForwarder? TryForward() => _client is SocketConnection client && _server is SocketConnection server
        ? SocketForwarder.TryCreate(client, server, _counters.AddReceived, _counters.AddSent, DirectionEnded)
        : null;

    private void Ended(ForwardResult result)
    {
        switch (result.End)
        {
            case ForwardEnd.ClientBroke:
                Abort(ConnectionEndReason.ClientReset, result.Error!);
                break;
            case ForwardEnd.ServerBroke:
                Abort(ConnectionEndReason.ServerReset, result.Error!);
                break;
            case ForwardEnd.Aborted:
                // Whoever aborted one end said why; the other end must go as well.
                Abort(ConnectionEndReason.ProxyShutdown, "aborted on this side");
                break;
            case ForwardEnd.Fault:
                Abort(ConnectionEndReason.InternalError, result.Error!);
                break;
        }
    }

    private async Task CopyAsync()
    {
        Prefer(_client, _server);
        Prefer(_server, _client);
        var request = DirectionAsync(_client, _server, _counters.AddReceived, ConnectionEndReason.ClientReset, ConnectionEndReason.ServerReset);
        var response = DirectionAsync(_server, _client, _counters.AddSent, ConnectionEndReason.ServerReset, ConnectionEndReason.ClientReset);
        await request;
        await response;
    }

    private async Task DirectionAsync(
        ConnectionContext from,
        ConnectionContext to,
        Action<long> count,
        ConnectionEndReason sourceBroke,
        ConnectionEndReason sinkBroke)
    {
        var result = await CopyLoop.RunAsync(from.Transport.Input, to, this, count);
        if (result.End != CopyEnd.Finished)
        {
            Abort(result.End == CopyEnd.SourceBroke ? sourceBroke : sinkBroke, result.Error!.Message);
        }

        DirectionEnded();
    }

    /// <summary>
    /// Has the kernel look for peers that are gone, for the heartbeat alone: most connections end before its first beat, and a half-close is mostly followed
    /// by the other at once, so none of those needs eight system calls for it.
    /// </summary>
    internal void UpdateKeepAlive()
    {
        var wanted = IsHalfClosed ? ProbesHalfClosed : Probes;
        if (_probes == wanted)
        {
            return;
        }

        _probes = wanted;
        if (wanted == ProbesHalfClosed)
        {
            SetKeepAlive(HalfClosedKeepAlive, HalfClosedKeepAliveInterval, HalfClosedKeepAliveCount);
        }
        else
        {
            SetKeepAlive(KeepAlive, KeepAlive, KeepAliveCount);
            if (Keepalive is { } wished)
            {
                KeepaliveOption.Set(_server, wished);
            }
        }
    }

    private void DirectionEnded() => Interlocked.Increment(ref _finished);

    /// <summary>A socket that is joined to a tunnel is waited for on the tunnel's own loop: bytes then pass without changing threads.</summary>
    private static void Prefer(ConnectionContext socket, ConnectionContext tunnel)
    {
        if (socket is SocketConnection plain && tunnel is TunnelConnection { Loop: var loop })
        {
            plain.Prefer(loop);
        }
    }

    private void SetKeepAlive(TimeSpan idle, TimeSpan interval, int count)
    {
        KeepaliveOption.Set(_client, idle, interval, count);
        KeepaliveOption.Set(_server, idle, interval, count);
    }
}
