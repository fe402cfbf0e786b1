using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// One stream. What it sends and its place in the connection's table are guarded by the output's lock, what it received by
/// <see cref="ReceiveState"/>'s own; neither is taken while the other is held.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The source has no timer; whoever holds the connection may look at its token at any time.")]
internal sealed class Http2Stream : IThreadPoolWorkItem
{
    private volatile CancellationTokenSource? _closed;
    private volatile bool _isCloseFired;

    public Http2Stream(Http2Connection connection, int id, long sendWindow)
    {
        Connection = connection;
        Id = id;
        Send.Window = sendWindow;
        Receive = new ReceiveState(this);
    }

    public int Id { get; }

    public Http2Connection Connection { get; }

    public SendState Send { get; } = new();

    public ReceiveState Receive { get; }

    /// <summary>The link of <see cref="StreamQueue"/>.</summary>
    public Http2Stream? NextInQueue { get; set; }

    /// <summary>Whether the stream is in its connection's list of deliveries; for the frame reader alone.</summary>
    public bool IsDeliveryDue { get; set; }

    /// <summary>Whether the peer ended its side. Under the output's lock.</summary>
    public bool RemoteEnded { get; set; }

    /// <summary>Whether the stream is out of the connection's table. Under the output's lock.</summary>
    public bool IsClosed { get; set; }

    /// <summary>What the peer may still send. Under the output's lock.</summary>
    public long ReceiveWindow { get; set; }

    /// <summary>What was consumed and not yet given back to the peer. Under the output's lock.</summary>
    public int Unreturned { get; set; }

    /// <summary>Whether a server has answered the request. Under the output's lock.</summary>
    public bool Answered { get; set; }

    /// <summary>Bytes that left with a client's request.</summary>
    public int EarlySent { get; set; }

    /// <summary>The answer to a client's request; nothing at a server. Whoever waits for it goes on in the event loop's thread.</summary>
    public PendingAnswer? Response { get; init; }

    /// <summary>Fires when the stream is closed, in the event loop's thread and without locks.</summary>
    public CancellationToken Closed
    {
        get
        {
            // Made for who asks: most streams of a client are never asked. Either this sees that it has fired, or FireClosed sees the source.
            var closed = _closed ?? Interlocked.CompareExchange(ref _closed, new CancellationTokenSource(), null) ?? _closed;
            Interlocked.MemoryBarrier();
            if (_isCloseFired)
            {
                closed.Cancel();
            }

            return closed.Token;
        }
    }

    /// <summary>Queues data; the memory belongs to the stream until the task ends.</summary>
    /// <param name="data">The data.</param>
    /// <param name="ct">Gives up; if part was sent, the stream is reset, since the peer has a torn message.</param>
    /// <returns>When everything is on its way.</returns>
    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(ct);
        }

        short version = 0;
        bool isCopied;
        lock (Connection.Output.Gate)
        {
            if (Send.Failure is { } failure)
            {
                return ValueTask.FromException<FlushResult>(StreamErrors.Fresh(failure));
            }

            if (Send.Ended || Send.EndWhenSent || Send.HasWrite)
            {
                throw new InvalidOperationException(Send.HasWrite ? "the last write has not ended" : "the writer is completed");
            }

            if (data.IsEmpty)
            {
                return new ValueTask<FlushResult>(default(FlushResult));
            }

            isCopied = Connection.Output.TryCopy(this, data.Span);
            if (!isCopied)
            {
                version = Send.Begin(data);
                Connection.Output.Enqueue(this, newcomer: true);
            }
        }

        if (isCopied)
        {
            Connection.Output.Wake();
            return default;
        }

        if (ct.CanBeCanceled)
        {
            Send.SetCancellation(ct.UnsafeRegister(static s => ((Http2Stream)s!).CancelWrite(), this));
        }

        Connection.Output.Wake();
        return new ValueTask<FlushResult>(Send, version);
    }

    /// <summary>Ends our side after what is being written; END_STREAM.</summary>
    public void EndWriting()
    {
        lock (Connection.Output.Gate)
        {
            if (Send.Ended || Send.EndWhenSent || Send.Failure is not null)
            {
                return;
            }

            if (Send.HasWrite)
            {
                Send.EndWhenSent = true;
                return;
            }

            Send.Ended = true;
            Connection.Output.Control.WriteEndStream(Id);
            Connection.OnLocalEnd(this);
        }

        Connection.Output.Wake();
    }

    /// <summary>Resets the stream unless it is closed already; both sides fail at once.</summary>
    /// <param name="code">What the peer is told.</param>
    /// <param name="reason">What our own reader and writer get.</param>
    public void Reset(Http2ErrorCode code, Exception reason)
    {
        lock (Connection.Output.Gate)
        {
            if (!IsClosed)
            {
                Connection.Output.Control.WriteReset(Id, code);
                Connection.Forget(this, resetByUs: true);
            }

            Send.Fail(reason);
        }

        Response?.Fail(reason);
        Receive.Fail(reason);
        Connection.Output.Wake();
    }

    /// <summary>The peer reset the stream, or the connection is gone.</summary>
    /// <param name="reason">What our reader and writer get.</param>
    /// <param name="keepReceived">Whether what was received before stays readable: the peer had ended its side before it reset.</param>
    public void OnReset(Exception reason, bool keepReceived)
    {
        lock (Connection.Output.Gate)
        {
            if (!IsClosed)
            {
                Connection.Forget(this, resetByUs: false);
            }

            Send.Fail(reason);
        }

        Response?.Fail(reason);
        if (!keepReceived)
        {
            Receive.Fail(reason);
        }
    }

    /// <summary>Follows the stream's end, in the event loop's thread.</summary>
    void IThreadPoolWorkItem.Execute() => Connection.AfterClose(this);

    /// <summary>Fires <see cref="Closed"/>.</summary>
    public void FireClosed()
    {
        _isCloseFired = true;
        Interlocked.MemoryBarrier();
        _closed?.Cancel();
    }

    private void CancelWrite()
    {
        lock (Connection.Output.Gate)
        {
            if (!Send.HasWrite)
            {
                return;
            }

            if (Send.InFlight)
            {
                Send.CancelRequested = true;
                return;
            }

            Connection.AbandonWrite(this);
        }

        Connection.Output.Wake();
    }
}
