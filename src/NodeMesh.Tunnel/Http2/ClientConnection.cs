namespace NodeMesh.Tunnel.Http2;

/// <summary>The client's end: opens streams.</summary>
internal sealed class ClientConnection : Http2Connection
{
    private int _nextId = 1;

    public ClientConnection(TunnelTransport transport, TunnelOptions options, TimeProvider time)
        : base(transport, options, time, options.MaxClientHeaderListSize)
    {
        Output.Control.WriteRaw(Http2Constants.Preface);
        WriteBeginning(isServer: false);
    }

    /// <summary>Called without locks when a stream has closed or the connection no longer takes new ones.</summary>
    public Action? Changed { get; set; }

    protected override string Side => TunnelMetrics.Client;

    // A server opens no streams, since push is off.
    protected override int LastHandledStream => 0;

    protected override bool MayClose => true;

    /// <summary>How many more streams may be opened.</summary>
    public int Room
    {
        get
        {
            lock (Output.Gate)
            {
                return State == TunnelState.Open ? (int)Math.Min(PeerSettings.MaxConcurrentStreams, (uint)Options.MaxStreamsPerTunnel) - CountStreams() : 0;
            }
        }
    }

    /// <summary>Sends a CONNECT request, if there is room.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The stream, or nothing when the connection is full or ends.</returns>
    public Http2Stream? TryOpen(TunnelConnectRequest request)
    {
        Http2Stream stream;
        lock (Output.Gate)
        {
            // Section 5.1.1: identifiers are not reused; a connection that has used them all is replaced.
            if (State != TunnelState.Open || CountStreams() >= Math.Min(PeerSettings.MaxConcurrentStreams, (uint)Options.MaxStreamsPerTunnel) || _nextId > int.MaxValue - 2)
            {
                return null;
            }

            stream = CreateStream(_nextId, new PendingAnswer(Transport.Loop, Time.GetTimestamp()));
            _nextId += 2;
            Add(stream);
            WriteHeaders(stream, Fields(request), endStream: false);
            if (!request.Early.IsEmpty && Output.TryCopy(stream, request.Early.Span))
            {
                stream.EarlySent = request.Early.Length;
            }
        }

        Output.Wake();
        return stream;
    }

    protected override bool WasOpened(int streamId) => (streamId & 1) == 1 && streamId < Volatile.Read(ref _nextId);

    /// <summary>Gives up requests that were not answered in time: one beat for all, no timer for each.</summary>
    public override void OnBeat()
    {
        base.OnBeat();
        var now = Time.GetTimestamp();
        List<PendingAnswer>? overdue = null;
        lock (Output.Gate)
        {
            foreach (var stream in Streams)
            {
                if (stream.Response is { IsSettled: false } response && Time.GetElapsedTime(response.Asked, now) >= Options.ResponseTimeout)
                {
                    (overdue ??= []).Add(response);
                }
            }
        }

        overdue?.ForEach(static response => response.Fail(new TimeoutException()));
    }

    protected override void BeginDrain() => WriteFinalGoAway();

    protected override void OnStreamClosed() => Changed?.Invoke();

    protected override void OnHeaders(int streamId, List<KeyValuePair<string, string>> fields, bool endStream)
    {
        if (!WasOpened(streamId))
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"HEADERS on idle stream {streamId} (section 5.1)");
        }

        if (Find(streamId) is not { } stream)
        {
            Flood.OnUseless();
            if (!WasResetByUs(streamId))
            {
                ResetByError(streamId, Http2ErrorCode.StreamClosed, "HEADERS on a closed stream (section 5.1)");
            }

            return;
        }

        if (stream.RemoteEnded)
        {
            ResetByError(streamId, Http2ErrorCode.StreamClosed, "HEADERS after END_STREAM (section 5.1)");
            return;
        }

        if (stream.Response!.IsKnown)
        {
            OnTrailers(stream, fields, endStream);
            return;
        }

        if (!HeaderRules.TryReadResponse(fields, out var head))
        {
            ResetByError(streamId, Http2ErrorCode.ProtocolError, "a malformed response (section 8.1.1)");
            return;
        }

        if (head.Status is >= 100 and < 200)
        {
            // Section 8.1: interim responses are no answer.
            if (endStream)
            {
                ResetByError(streamId, Http2ErrorCode.ProtocolError, "an interim response with END_STREAM (section 8.1)");
            }

            return;
        }

        stream.Response.Set(head);
        if (endStream)
        {
            EndRemote(stream);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(TunnelConnectRequest request)
    {
        // Section 8.5: neither :scheme nor :path.
        yield return new KeyValuePair<string, string>(":method", "CONNECT");
        yield return new KeyValuePair<string, string>(":authority", request.Authority);
        foreach (var header in request.Headers)
        {
            yield return header;
        }
    }

    private void OnTrailers(Http2Stream stream, List<KeyValuePair<string, string>> fields, bool endStream)
    {
        // Section 8.1: trailers end the stream and have no pseudo-header fields.
        if (!endStream || !HeaderRules.AreTrailers(fields))
        {
            ResetByError(stream.Id, Http2ErrorCode.ProtocolError, "malformed trailers (section 8.1)");
            return;
        }

        EndRemote(stream);
    }
}
