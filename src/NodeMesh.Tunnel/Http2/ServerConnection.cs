using Microsoft.Extensions.Logging;

namespace NodeMesh.Tunnel.Http2;

/// <summary>The server's end: checks requests and hands them to the handler.</summary>
internal sealed class ServerConnection : Http2Connection
{
    private static readonly KeyValuePair<string, string>[] BadRequest = [new(":status", "400")];

    private readonly Func<TunnelRequest, Task> _handler;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _handlersDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastId;
    private int _running = 1;
    private bool _final;

    public ServerConnection(TunnelTransport transport, TunnelOptions options, TimeProvider time, Func<TunnelRequest, Task> handler, ILogger log)
        : base(transport, options, time, options.MaxServerHeaderListSize)
    {
        _handler = handler;
        _log = log;
        WriteBeginning(isServer: true);
    }

    protected override string Side => TunnelMetrics.Server;

    protected override int LastHandledStream => _lastId;

    protected override bool MayClose => _final;

    /// <summary>Waits for the handlers that still run after the connection has ended.</summary>
    /// <returns>When all have returned.</returns>
    public Task HandlersAsync()
    {
        EndHandler();
        return _handlersDone.Task;
    }

    protected override async ValueTask BeginAsync(CancellationToken ct)
    {
        // Section 3.4. The deadline also ends peers that finish the handshake and then say nothing.
        using var timeout = new CancellationTokenSource(Options.HandshakeTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            if (!await Input.FillAsync(Http2Constants.Preface.Length, either.Token))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "the client did not begin HTTP/2 in time (section 3.4)", "preface");
        }

        if (!Input.Buffered.StartsWith(Http2Constants.Preface))
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "the client does not speak HTTP/2 (section 3.4)", "preface");
        }

        Input.Skip(Http2Constants.Preface.Length);
    }

    protected override bool WasOpened(int streamId) => streamId <= _lastId && (streamId & 1) == 1;

    // Section 6.8: first a GOAWAY that names no stream, since some are on their way; the last one follows a round trip later.
    protected override void BeginDrain()
    {
        Output.Control.WriteGoAway(int.MaxValue, Http2ErrorCode.NoError);
        ThreadPool.UnsafeQueueUserWorkItem(static c => c.SendDrainProbe(), this, preferLocal: false);
    }

    protected override void OnDrainProbed()
    {
        lock (Output.Gate)
        {
            if (_final || State != TunnelState.Draining)
            {
                return;
            }

            _final = true;
            WriteFinalGoAway();
        }

        Output.Wake();
        CloseIfDrained();
    }

    protected override void OnPeerReset(Http2Stream stream)
    {
        if (!stream.Answered)
        {
            Flood.OnEarlyReset();
        }
    }

    protected override void OnHeaders(int streamId, List<KeyValuePair<string, string>> fields, bool endStream)
    {
        if ((streamId & 1) == 0)
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"a client opened stream {streamId}, which is even (section 5.1.1)");
        }

        if (streamId <= _lastId)
        {
            OnLaterHeaders(streamId, fields, endStream);
            return;
        }

        _lastId = streamId;
        if (!HeaderRules.TryReadRequest(fields, out var head))
        {
            ResetByError(streamId, Http2ErrorCode.ProtocolError, "a malformed request (section 8.1.1)");
            return;
        }

        if (Admit(streamId, endStream) is not { } stream)
        {
            return;
        }

        if (endStream)
        {
            stream.Receive.End();
        }

        if (head.Method != "CONNECT" || !AuthorityRules.IsValid(head.Authority))
        {
            // A client of ours can take a reset with its answer; curl, in the middle of an upload, would lose the answer.
            Answer(stream, BadRequest, endStream: true, resetRest: head.Method == "CONNECT");
            stream.Receive.CompleteReading();
            EndHandler();
            return;
        }

        var request = new TunnelRequest(this, stream, head);
        // After the frames at hand, in the same thread: what the handler does next to the sockets of this tunnel's streams it does there anyhow.
        Transport.Loop.Schedule(request);
    }

    /// <summary>Sends a response's head.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="fields">The fields, <c>:status</c> first.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    /// <param name="resetRest">Whether, after <paramref name="endStream"/>, the client is told to send no more; else what it sends is dropped.</param>
    /// <returns>False when the stream is closed already.</returns>
    public bool Answer(Http2Stream stream, IEnumerable<KeyValuePair<string, string>> fields, bool endStream, bool resetRest = true)
    {
        lock (Output.Gate)
        {
            if (stream.IsClosed)
            {
                return false;
            }

            stream.Answered = true;
            WriteHeaders(stream, fields, endStream);
            if (endStream && resetRest && !stream.IsClosed)
            {
                // Section 8.1: the answer is complete; the client need not send the rest.
                Output.Control.WriteReset(stream.Id, Http2ErrorCode.NoError);
                Forget(stream, resetByUs: true);
            }
        }

        Output.Wake();
        return true;
    }

    public void LogRejected(string authority, int status, string reason) => TunnelLog.Rejected(_log, authority, Id, status, reason);

    // A stream that was reset still counts while its handler runs, or resets would lift the limit.
    private Http2Stream? Admit(int streamId, bool endStream)
    {
        bool refused;
        Http2Stream? stream = null;
        lock (Output.Gate)
        {
            refused = _final || IsPeerExpired() || Math.Max(CountStreams(), Volatile.Read(ref _running) - 1) >= Options.MaxConcurrentStreams;
            if (refused)
            {
                // Section 5.1.2: the client may try again elsewhere.
                Output.Control.WriteReset(streamId, Http2ErrorCode.RefusedStream);
            }
            else
            {
                stream = CreateStream(streamId, response: null);
                stream.RemoteEnded = endStream;
                Add(stream);
                Interlocked.Increment(ref _running);
            }
        }

        if (refused)
        {
            Output.Wake();
            Flood.OnRefused();
        }

        return stream;
    }

    // GOAWAY asks; this enforces. The grace is for clients that are about to leave by themselves.
    private bool IsPeerExpired() => Time.GetUtcNow() - Options.PingInterval >= Peer.NotAfter;

    private void OnLaterHeaders(int streamId, List<KeyValuePair<string, string>> fields, bool endStream)
    {
        if (Find(streamId) is not { } stream)
        {
            Flood.OnUseless();
            if (!WasResetByUs(streamId))
            {
                // Sections 5.1 and 5.1.1: closed, or skipped and so closed.
                throw new Http2ConnectionException(Http2ErrorCode.StreamClosed, $"HEADERS on closed stream {streamId} (section 5.1)");
            }
        }
        else if (stream.RemoteEnded)
        {
            ResetByError(streamId, Http2ErrorCode.StreamClosed, "HEADERS after END_STREAM (section 5.1)");
        }
        else if (!endStream || !HeaderRules.AreTrailers(fields))
        {
            ResetByError(streamId, Http2ErrorCode.ProtocolError, "malformed trailers (section 8.1)");
        }
        else
        {
            EndRemote(stream);
        }
    }

    /// <summary>Runs the handler.</summary>
    /// <param name="request">The request.</param>
    public async Task HandleAsync(TunnelRequest request)
    {
        try
        {
            await _handler(request);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The connection ended under the handler, as connections do.
            TunnelLog.HandlerCutOff(_log, Id, request.Authority, e.Message);
        }
        catch (Exception e)
        {
            TunnelLog.HandlerFailed(_log, Id, request.Authority, e);
        }
        finally
        {
            request.Finish();
            EndHandler();
        }
    }

    private void EndHandler()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _handlersDone.TrySetResult();
        }
    }
}
