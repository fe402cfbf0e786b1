using System.Buffers;
using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// The sending half of a connection: one loop writes, everybody else queues. Frames are joined into writes of up to 64 KiB;
/// large payloads go to TLS from the caller's memory, small ones are copied where they are written, and what many streams write while one batch of events
/// is handled leaves in one record. Streams take turns; a stream that had nothing to send goes before
/// those that send all the time, so that small messages do not wait behind bulk.
/// </summary>
internal sealed class FrameOutput(Stream stream, EventLoop loop) : IThreadPoolWorkItem
{
    private const int StagingSize = 64 * 1024;

    // A TLS record carries 16 KiB (RFC 8446 section 5.1); the writes are cut so that records are full.
    private const int RecordSize = 16 * 1024;

    // The most that one stream sends in its turn: 1 ms at 500 Mbit/s is what others then wait.
    private const int Quantum = 64 * 1024;

    // From here on, sending from the caller's memory costs less than copying.
    private const int DirectThreshold = 32 * 1024;

    // After so many turns of newcomers one stream of those that send all the time has its turn.
    private const int NewcomersInARow = 8;

    // After so many bytes the loop lets the event loop's other connections have their turn.
    private const int BytesPerTurn = 256 * 1024;

    // Up to here a write is copied and over: its caller need not wait for the loop.
    private const int CopyThreshold = 16 * 1024;

    private readonly ReadySignal _wake = new();
    private readonly ReadySignal _turnEnd = new();
    private readonly List<SendState> _sent = [];
    private int _scheduled;
    private StreamQueue _newcomers;
    private StreamQueue _regulars;
    private int _newcomersServed;
    private int _ready;
    private bool _finishing;
    private Http2Stream? _inFlight;
    private ReadOnlyMemory<byte> _direct;

    /// <summary>Guards everything about sending: this object, its control frames, the streams' send state, the connection's table of streams.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Frames to send before any data.</summary>
    public ControlBuffer Control { get; } = new();

    /// <summary>How many bytes the peer lets us send on all streams.</summary>
    public long Window { get; set; } = Http2Constants.DefaultWindow;

    /// <summary>The peer's SETTINGS_MAX_FRAME_SIZE.</summary>
    public int MaxFrameSize { get; set; } = Http2Constants.DefaultMaxFrameSize;

    /// <summary>Bytes of data sent.</summary>
    public long BytesSent { get; private set; }

    /// <summary>DATA frames sent.</summary>
    public long FramesSent { get; private set; }

    /// <summary>How many streams have data that only the writer keeps waiting.</summary>
    public int ReadyStreams => Volatile.Read(ref _ready);

    /// <summary>Wakes the loop, in the event loop's thread and after the events that are waiting: what they cause then leaves together.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            loop.ScheduleWhenQuiet(this);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _scheduled, 0);
        _wake.Set();
    }

    /// <summary>Copies a small write behind the frames that wait already, if nothing keeps it from being sent. Under the lock.</summary>
    /// <param name="s">The stream; has no other write.</param>
    /// <param name="data">The data.</param>
    /// <returns>False when it must wait its turn.</returns>
    public bool TryCopy(Http2Stream s, ReadOnlySpan<byte> data)
    {
        var length = data.Length;
        if (length > CopyThreshold || length > MaxFrameSize || s.Send.Window < length || Window < length || Control.Count + length > StagingSize - FrameHeader.Size)
        {
            return false;
        }

        Control.WriteData(s.Id, data);
        s.Send.Window -= length;
        Window -= length;
        BytesSent += length;
        FramesSent++;
        return true;
    }

    /// <summary>Puts a stream in line if it has something that may be sent. Under the lock.</summary>
    /// <param name="s">The stream.</param>
    /// <param name="newcomer">Whether it had nothing to send before.</param>
    public void Enqueue(Http2Stream s, bool newcomer)
    {
        var send = s.Send;
        if (send.Queued || send.InFlight || !send.HasWrite)
        {
            return;
        }

        if (send.Window <= 0 && !send.Pending.IsEmpty)
        {
            return;
        }

        send.Queued = true;
        _ready++;
        if (newcomer)
        {
            _newcomers.Add(s);
        }
        else
        {
            _regulars.Add(s);
        }
    }

    /// <summary>Lets the loop send what control frames there are, and end.</summary>
    public void Finish()
    {
        lock (Gate)
        {
            _finishing = true;
        }

        Wake();
    }

    /// <summary>The loop.</summary>
    /// <param name="ct">Ends it in the middle.</param>
    /// <returns>After <see cref="Finish"/>.</returns>
    public async Task RunAsync(CancellationToken ct)
    {
        byte[]? staging = null;
        var turn = 0;
        try
        {
            while (true)
            {
                staging ??= ArrayPool<byte>.Shared.Rent(StagingSize);
                var count = Collect(staging.AsSpan(0, StagingSize), out var finished);
                if (count == 0)
                {
                    if (finished)
                    {
                        return;
                    }

                    await stream.FlushAsync(ct);
                    if (IsIdle())
                    {
                        // Nothing to send: an idle tunnel keeps no buffer.
                        ArrayPool<byte>.Shared.Return(staging);
                        staging = null;
                        await _wake.WaitAsync();
                    }

                    turn = 0;
                    continue;
                }

                await stream.WriteAsync(staging.AsMemory(0, count), ct);
                turn += count;
                if (_inFlight is not null)
                {
                    turn += _direct.Length;
                    await stream.WriteAsync(_direct, ct);
                    Landed();
                }

                if (turn >= BytesPerTurn)
                {
                    turn = 0;
                    loop.Schedule(_turnEnd);
                    await _turnEnd.WaitAsync();
                }
            }
        }
        finally
        {
            Landed();
            if (staging is not null)
            {
                ArrayPool<byte>.Shared.Return(staging);
            }
        }
    }

    private bool IsIdle()
    {
        lock (Gate)
        {
            return Control.Count == 0 && !_finishing && (_ready == 0 || Window <= 0);
        }
    }

    private int Collect(Span<byte> staging, out bool finished)
    {
        var count = CollectFrames(staging, out finished);
        CompleteSent();
        return count;
    }

    // Without the lock: whoever wrote goes on in this thread.
    private void CompleteSent()
    {
        for (var i = 0; i < _sent.Count; i++)
        {
            _sent[i].Complete();
        }

        _sent.Clear();
    }

    private int CollectFrames(Span<byte> staging, out bool finished)
    {
        lock (Gate)
        {
            var at = Control.Drain(staging);
            finished = _finishing && Control.Count == 0 && at == 0;
            if (Control.Count > 0 || _finishing)
            {
                return at;
            }

            while (staging.Length - at > FrameHeader.Size && TakeReady() is { } s)
            {
                var send = s.Send;
                var length = (int)Math.Min(Math.Min(send.Pending.Length, Math.Min(Quantum, MaxFrameSize)), Math.Max(0, Math.Min(send.Window, Window)));
                if (length == 0 && !send.Pending.IsEmpty)
                {
                    if (send.Window > 0)
                    {
                        // The connection's window is used up, for every stream.
                        PutBack(s);
                        return at;
                    }

                    continue;
                }

                var room = staging.Length - at - FrameHeader.Size;
                if (length > room && length < DirectThreshold)
                {
                    PutBack(s);
                    return at;
                }

                at = Stage(s, length, staging, at);
                if (_inFlight is not null)
                {
                    return at;
                }
            }

            return at;
        }
    }

    private int Stage(Http2Stream s, int length, Span<byte> staging, int at)
    {
        var send = s.Send;
        var last = length == send.Pending.Length && send.EndWhenSent;
        new FrameHeader(length, FrameType.Data, last ? FrameFlags.EndStream : FrameFlags.None, s.Id).Write(staging[at..]);
        at += FrameHeader.Size;
        send.Window -= length;
        Window -= length;
        BytesSent += length;
        FramesSent++;

        var copied = length;
        if (length >= DirectThreshold)
        {
            copied = Math.Min(staging.Length - at, -at & (RecordSize - 1));
        }

        send.Pending.Span[..copied].CopyTo(staging[at..]);
        if (copied < length)
        {
            _direct = send.Pending[copied..length];
            _inFlight = s;
            send.InFlight = true;
        }

        send.Take(length);
        if (last)
        {
            send.Ended = true;
        }

        if (!send.InFlight)
        {
            Settle(s);
        }

        return at + copied;
    }

    // The caller's memory is no longer in use.
    private void Landed()
    {
        if (_inFlight is not { } s)
        {
            return;
        }

        _inFlight = null;
        _direct = default;
        lock (Gate)
        {
            s.Send.InFlight = false;
            Settle(s);
        }

        CompleteSent();
    }

    private void Settle(Http2Stream s)
    {
        var send = s.Send;
        if (!send.HasWrite)
        {
            return;
        }

        if (send.Failure is not null)
        {
            send.Finish(send.Failure);
        }
        else if (send.Pending.IsEmpty)
        {
            var ended = send.EndWhenSent;
            send.Finish();
            _sent.Add(send);
            if (ended)
            {
                s.Connection.OnLocalEnd(s);
            }
        }
        else if (send.CancelRequested)
        {
            s.Connection.AbandonWrite(s);
        }
        else
        {
            Enqueue(s, newcomer: false);
        }
    }

    private Http2Stream? TakeReady()
    {
        while (_ready > 0)
        {
            var fromNew = !_newcomers.IsEmpty && (_newcomersServed < NewcomersInARow || _regulars.IsEmpty);
            _newcomersServed = fromNew ? _newcomersServed + 1 : 0;
            var s = fromNew ? _newcomers.Take() : _regulars.Take();
            s.Send.Queued = false;
            _ready--;
            if (s.Send.HasWrite)
            {
                return s;
            }
        }

        return null;
    }

    private void PutBack(Http2Stream s)
    {
        s.Send.Queued = true;
        _ready++;
        _regulars.PutBack(s);
    }
}
