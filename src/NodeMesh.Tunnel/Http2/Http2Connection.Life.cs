using System.Buffers.Binary;
using System.Net.Sockets;
using NodeMesh.Tunnel.Hpack;

namespace NodeMesh.Tunnel.Http2;

/// <content>Beginning, keepalive, GOAWAY and end (RFC 9113 sections 3.4, 6.7 and 6.8).</content>
internal abstract partial class Http2Connection
{
    private const long KeepAliveProbe = 0x6b656570;
    private const long DrainProbe = 0x647261696e;

    // How long a peer that we told GOAWAY may take to read it before the socket is closed under it.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private bool _active;
    private long _lastActivity;
    private bool _probing;
    private long _probedAt;
    private Exception? _failure;

    public TunnelState State { get; private set; }

    /// <summary>Why the connection ended, in a word for metrics.</summary>
    public string EndReason { get; private set; } = "closed";

    /// <summary>What broke the connection, if something did.</summary>
    public Exception? Failure => _failure;

    /// <summary>The last stream that the peer says it handled, after its GOAWAY.</summary>
    protected int PeerLastStream { get; private set; } = int.MaxValue;

    /// <summary>The last stream of the peer that we handled.</summary>
    protected abstract int LastHandledStream { get; }

    /// <summary>Runs the connection until it ends; does not throw.</summary>
    /// <param name="ct">Closes it at once.</param>
    /// <returns>When nothing is left of it.</returns>
    public async Task RunAsync(CancellationToken ct)
    {
        TunnelMetrics.TunnelOpened(Side);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token);
        var writing = WriteAsync();
        try
        {
            await BeginAsync(stopping.Token);
            await ReadFramesAsync(stopping.Token);
            End("peer-closed", Http2ErrorCode.NoError, null);
        }
        catch (Http2ConnectionException e)
        {
            End(e.Kind, e.Code, e);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            End("closed", Http2ErrorCode.NoError, null);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            End("lost", Http2ErrorCode.NoError, e);
        }
        finally
        {
            await ShutDownAsync(writing);
            await _stop.CancelAsync();
            TunnelMetrics.TunnelClosed(Side, EndReason);
            _closed.TrySetResult();
        }
    }

    /// <summary>What comes before the first frame.</summary>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>When frames may be read.</returns>
    protected virtual ValueTask BeginAsync(CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>Closes at once; streams fail.</summary>
    public void Abort() => _stop.Cancel();

    /// <summary>Looks after the connection; called a few times per <see cref="TunnelOptions.PingInterval"/>.</summary>
    public virtual void OnBeat()
    {
        var now = _time.GetTimestamp();
        if (_active)
        {
            // Any frame proves that the peer lives.
            _active = false;
            _lastActivity = now;
            _probing = false;
            return;
        }

        if (_probing)
        {
            if (_time.GetElapsedTime(_probedAt, now) >= _options.PingTimeout)
            {
                EndReason = "keepalive";
                Abort();
            }

            return;
        }

        if (_time.GetElapsedTime(_lastActivity, now) >= _options.PingInterval)
        {
            _probing = true;
            _probedAt = now;
            SendPing(KeepAliveProbe);
        }
    }

    /// <summary>Takes no new streams, tells the peer, and closes after the last stream.</summary>
    public void Drain()
    {
        lock (Output.Gate)
        {
            if (State != TunnelState.Open)
            {
                return;
            }

            State = TunnelState.Draining;
            BeginDrain();
        }

        Output.Wake();
        CloseIfDrained();
    }

    /// <summary>Queues what tells the peer that we drain. Under the output's lock.</summary>
    protected abstract void BeginDrain();

    /// <summary>Whether the connection may close as soon as it has no streams. Under the output's lock.</summary>
    protected abstract bool MayClose { get; }

    /// <summary>Tells the peer that nothing above <see cref="LastHandledStream"/> will be handled. Under the output's lock.</summary>
    protected void WriteFinalGoAway() => Output.Control.WriteGoAway(LastHandledStream, Http2ErrorCode.NoError);

    protected void SendDrainProbe() => SendPing(DrainProbe);

    /// <summary>The peer has answered the PING that followed our first GOAWAY: no stream can be on its way any more.</summary>
    protected virtual void OnDrainProbed()
    {
    }

    /// <summary>Queues SETTINGS and the windows, after a client's preface.</summary>
    /// <param name="isServer">Which settings.</param>
    protected void WriteBeginning(bool isServer)
    {
        ReadOnlySpan<(SettingId, uint)> common =
        [
            (SettingId.InitialWindowSize, (uint)_options.StreamWindow),
            (SettingId.MaxFrameSize, (uint)_options.MaxFrameSize),
            (SettingId.MaxHeaderListSize, (uint)MaxHeaderListSize),
            (SettingId.HeaderTableSize, HpackEncoder.DefaultTableSize),
            isServer ? (SettingId.MaxConcurrentStreams, (uint)_options.MaxConcurrentStreams) : (SettingId.EnablePush, 0u),
        ];
        Output.Control.WriteSettings(common);
        if (_options.ConnectionWindow > Http2Constants.DefaultWindow)
        {
            Output.Control.WriteWindowUpdate(0, _options.ConnectionWindow - Http2Constants.DefaultWindow);
        }

        _receiveWindow = Math.Max(_options.ConnectionWindow, Http2Constants.DefaultWindow);
    }

    /// <summary>Ends the connection once it drains and has no streams.</summary>
    protected void CloseIfDrained()
    {
        lock (Output.Gate)
        {
            if (State != TunnelState.Draining || _streams.Count > 0 || !MayClose)
            {
                return;
            }
        }

        Output.Finish();
    }

    private async Task WriteAsync()
    {
        try
        {
            await Output.RunAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            _failure ??= e;
        }

        // The reader waits for the peer's end of the conversation no longer than this.
        await _transport.ShutdownAsync();
        _stop.CancelAfter(Linger);
    }

    private void End(string reason, Http2ErrorCode code, Exception? error)
    {
        if (error is Http2ConnectionException broken)
        {
            TunnelMetrics.ConnectionError(Side, broken.Kind, broken.Code);
        }

        List<Http2Stream> streams;
        lock (Output.Gate)
        {
            EndReason = EndReason == "closed" ? reason : EndReason;
            _failure ??= error;
            State = TunnelState.Closed;
            streams = [.. _streams.Values];
            if (error is null or Http2ConnectionException)
            {
                Output.Control.WriteGoAway(LastHandledStream, code);
            }
        }

        var lost = StreamErrors.TunnelLost(error?.Message ?? EndReason, error);
        foreach (var stream in streams)
        {
            stream.OnReset(lost, keepReceived: false);
        }
    }

    private async Task ShutDownAsync(Task writing)
    {
        Output.Finish();
        try
        {
            await writing.WaitAsync(Linger);
            await _transport.LingerAsync(Linger);
        }
        catch (TimeoutException)
        {
            // The peer does not read; closing the socket under the writer ends it.
        }

        _transport.Dispose();
        await writing;
    }

    private void OnGoAway(FrameHeader header)
    {
        _ = header;
        var payload = _input.Buffered;
        var last = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        List<Http2Stream> unhandled;
        lock (Output.Gate)
        {
            PeerLastStream = Math.Min(PeerLastStream, last);
            State = State == TunnelState.Open ? TunnelState.Draining : State;

            // Section 6.8: streams above were not handled, and may be tried again elsewhere.
            unhandled = [.. _streams.Values.Where(s => s.Response is not null && s.Id > last)];
        }

        foreach (var stream in unhandled)
        {
            stream.OnReset(new StreamRefusedException("the far end closes the tunnel and has not handled the request"), keepReceived: false);
        }

        if (code != Http2ErrorCode.NoError)
        {
            _failure ??= new IOException($"the far end closed the tunnel with {code}");
            TunnelMetrics.GoAwayReceived(Side, code);
        }

        OnStreamClosed();
        CloseIfDrained();
    }

    private void SendPing(long payload)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, payload);
        lock (Output.Gate)
        {
            Output.Control.WritePing(bytes, ack: false);
        }

        Output.Wake();
    }

    private void OnPong(ReadOnlySpan<byte> payload)
    {
        if (BinaryPrimitives.ReadInt64BigEndian(payload) == DrainProbe)
        {
            OnDrainProbed();
        }
    }
}
