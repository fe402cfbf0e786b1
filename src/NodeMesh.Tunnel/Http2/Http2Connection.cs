using System.Diagnostics.CodeAnalysis;
using NodeMesh.Identity;
using NodeMesh.Tunnel.Hpack;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// One HTTP/2 connection over TLS, at either end. One loop reads and handles frames in order; one loop
/// (<see cref="FrameOutput"/>) writes. This part owns the two and the table of streams; <c>.Frames</c> holds the rules of
/// each frame, <c>.Headers</c> header blocks, <c>.Flow</c> the windows, <c>.Life</c> keepalive and the end.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The source is cancelled at the end, which frees its timer; it may be cancelled again by any thread later.")]
internal abstract partial class Http2Connection
{
    // Closed streams whose late frames are still expected. Older ones are answered with a stream error, which harms nobody.
    private const int RecentStreams = 256;

    private readonly TunnelOptions _options;
    private readonly TimeProvider _time;
    private readonly TunnelTransport _transport;
    private readonly FrameInput _input;
    private readonly HpackDecoder _decoder;
    private readonly HpackEncoder _encoder = new();
    private readonly FloodGuard _flood;
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly int[] _recent = new int[RecentStreams];
    private readonly PeerSettings _peer = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Http2Stream> _undelivered = [];
    private int _recentAt;

    protected Http2Connection(TunnelTransport transport, TunnelOptions options, TimeProvider time, int maxHeaderListSize)
    {
        _transport = transport;
        _options = options;
        _time = time;
        MaxHeaderListSize = maxHeaderListSize;
        _input = new FrameInput(transport.Stream) { RanDry = DeliverAll };
        _decoder = new HpackDecoder(HpackEncoder.DefaultTableSize, maxHeaderListSize);
        _flood = new FloodGuard(time);
        _lastActivity = time.GetTimestamp();
        Output = new FrameOutput(transport.Stream, transport.Loop);
        OpenedAt = time.GetUtcNow();
    }

    /// <summary>A number unique in the process.</summary>
    public long Id => _transport.Id;

    public TunnelTransport Transport => _transport;

    public PeerCertificate Peer => _transport.Peer;

    public FrameOutput Output { get; }

    public DateTimeOffset OpenedAt { get; }

    /// <summary>Ends when nothing of the connection is left.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Streams opened since the beginning.</summary>
    public long TotalStreams { get; private set; }

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    public long BytesSent => Output.BytesSent;

    public int ActiveStreams
    {
        get
        {
            lock (Output.Gate)
            {
                return _streams.Count;
            }
        }
    }

    protected FrameInput Input => _input;

    protected TunnelOptions Options => _options;

    protected FloodGuard Flood => _flood;

    protected PeerSettings PeerSettings => _peer;

    protected int MaxHeaderListSize { get; }

    protected TimeProvider Time => _time;

    /// <summary>Our side of the stream ended. Under the output's lock.</summary>
    /// <param name="stream">The stream.</param>
    public void OnLocalEnd(Http2Stream stream)
    {
        if (stream.RemoteEnded)
        {
            Forget(stream, resetByUs: false);
        }
    }

    /// <summary>Takes a stream out of the table. Under the output's lock; what follows runs without it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="resetByUs">Whether frames that the peer sent before it learns of that are still to come.</param>
    public void Forget(Http2Stream stream, bool resetByUs)
    {
        if (stream.IsClosed)
        {
            return;
        }

        stream.IsClosed = true;
        _streams.Remove(stream.Id);
        if (resetByUs)
        {
            _recent[_recentAt++ % RecentStreams] = stream.Id;
        }

        TunnelMetrics.StreamClosed(Side);
        Transport.Loop.Schedule(stream);
    }

    /// <summary>A cancelled write whose memory is not in use ends. Under the output's lock.</summary>
    /// <param name="stream">The stream.</param>
    public void AbandonWrite(Http2Stream stream)
    {
        var torn = stream.Send.IsTouched;
        stream.Send.Finish(new OperationCanceledException("the write was cancelled"));
        if (torn && !stream.IsClosed)
        {
            Output.Control.WriteReset(stream.Id, Http2ErrorCode.Cancel);
            Forget(stream, resetByUs: true);
            var error = StreamErrors.Aborted("a write was cancelled after part of it was sent");
            stream.Send.Fail(error);
            ThreadPool.UnsafeQueueUserWorkItem(static s => s.Stream.Receive.Fail(s.Error), (Stream: stream, Error: error), preferLocal: false);
        }
    }

    /// <summary>The word for metrics.</summary>
    protected abstract string Side { get; }

    /// <summary>A header block came, whole.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="endStream">Whether the peer's side ends with it.</param>
    protected abstract void OnHeaders(int streamId, List<KeyValuePair<string, string>> fields, bool endStream);

    /// <summary>Whether the peer may have opened a stream: neither idle nor ours to come (RFC 9113 section 5.1).</summary>
    /// <param name="streamId">The stream.</param>
    /// <returns>False when it is idle.</returns>
    protected abstract bool WasOpened(int streamId);

    /// <summary>A stream has closed. Without locks.</summary>
    protected virtual void OnStreamClosed()
    {
    }

    protected Http2Stream? Find(int streamId)
    {
        lock (Output.Gate)
        {
            return _streams.GetValueOrDefault(streamId);
        }
    }

    /// <summary>Adds a stream. Under the output's lock.</summary>
    /// <param name="stream">The stream.</param>
    protected void Add(Http2Stream stream)
    {
        stream.ReceiveWindow = _options.StreamWindow;
        _streams.Add(stream.Id, stream);
        TotalStreams++;
        TunnelMetrics.StreamOpened(Side);
    }

    protected Http2Stream CreateStream(int id, PendingAnswer? response) =>
        new(this, id, _peer.InitialWindowSize) { Response = response };

    protected bool WasResetByUs(int streamId)
    {
        lock (Output.Gate)
        {
            return Array.IndexOf(_recent, streamId) >= 0;
        }
    }

    protected int CountStreams() => _streams.Count;

    /// <summary>The open streams. Under the output's lock.</summary>
    protected Dictionary<int, Http2Stream>.ValueCollection Streams => _streams.Values;

    /// <summary>A stream has received something that its reader is told of when the input runs dry: several frames, or records of one frame, then make one delivery.</summary>
    protected void DeliverLater(Http2Stream stream)
    {
        if (stream.Receive.Undelivered >= ReceiveState.DeliverAt)
        {
            stream.Receive.Deliver();
        }
        else if (!stream.IsDeliveryDue)
        {
            stream.IsDeliveryDue = true;
            _undelivered.Add(stream);
        }
    }

    private void DeliverAll()
    {
        for (var i = 0; i < _undelivered.Count; i++)
        {
            var stream = _undelivered[i];
            stream.IsDeliveryDue = false;
            stream.Receive.Deliver();
        }

        _undelivered.Clear();
    }

    /// <summary>What follows a stream's end; without locks.</summary>
    /// <param name="stream">The stream.</param>
    public void AfterClose(Http2Stream stream)
    {
        stream.FireClosed();
        OnStreamClosed();
        CloseIfDrained();
    }
}
