using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace NodeMesh.Tunnel.Http2;

/// <summary>What a stream has received. The frame reader fills it, one reader empties it.</summary>
internal sealed class ReceiveState(Http2Stream stream) : IValueTaskSource<ReadResult>
{
    private readonly Lock _gate = new();
    private readonly ReceiveQueue _queue = new(SegmentPool.Shared);
    private ManualResetValueTaskSourceCore<ReadResult> _core;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _cancelledBy;
    private long _examined;
    private long _delivered;
    private bool _waiting;
    private bool _ended;
    private bool _discarding;
    private bool _cancelPending;
    private bool _lent;
    private Exception? _failure;

    /// <summary>Bytes that are delivered without waiting for more: one full buffer, one send to the application.</summary>
    public const int DeliverAt = SegmentPool.LargeSize;

    /// <summary>Bytes committed since the last delivery; for the frame reader alone.</summary>
    public long Undelivered => _queue.Written - _delivered;

    /// <summary>Whether a buffer is held; for tests.</summary>
    public bool HoldsBuffer
    {
        get
        {
            lock (_gate)
            {
                return _queue.HoldsBuffer;
            }
        }
    }

    /// <summary>Whether something was received and not consumed.</summary>
    public bool HasData
    {
        get
        {
            lock (_gate)
            {
                return _queue.Length > 0 && !_discarding;
            }
        }
    }

    /// <summary>Whether the peer ended and everything was consumed.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return _ended && _queue.Length == 0;
            }
        }
    }

    /// <summary>Memory for the frame reader.</summary>
    /// <param name="expected">How many bytes of the frame are to come.</param>
    /// <returns>At least one byte; followed by <see cref="Commit"/>.</returns>
    public Memory<byte> Reserve(int expected)
    {
        lock (_gate)
        {
            var memory = _queue.Reserve(expected);
            return memory.Length > expected ? memory[..expected] : memory;
        }
    }

    /// <summary>Adds what was read; <see cref="Deliver"/> follows.</summary>
    /// <param name="count">Bytes.</param>
    public void Commit(int count)
    {
        var discarded = 0;
        lock (_gate)
        {
            _queue.Commit(count);
            if (_discarding)
            {
                discarded = DiscardUnlessLent();
            }
        }

        if (discarded > 0)
        {
            stream.Connection.ReturnCredit(stream, discarded);
        }
    }

    /// <summary>The peer ended its side.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }

        Deliver();
    }

    /// <summary>Lets the reader go on, in this thread: the event loop's. Without locks, since the reader may do anything.</summary>
    public void Deliver()
    {
        ReadResult result;
        lock (_gate)
        {
            _delivered = _queue.Written;
            if (!_waiting || _failure is not null || !TryTake(out result))
            {
                return;
            }

            _waiting = false;
        }

        _core.RunContinuationsAsynchronously = false;
        _core.SetResult(result);
    }

    /// <summary>Makes reading fail; what was received is dropped.</summary>
    /// <param name="error">Why.</param>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            if (_failure is null && !(_ended && _discarding))
            {
                _failure = error;
            }
        }

        Discard();
        lock (_gate)
        {
            if (_waiting && _failure is not null)
            {
                _waiting = false;
                _core.RunContinuationsAsynchronously = true;
                _core.SetException(StreamErrors.Fresh(_failure));
            }
        }
    }

    /// <summary>Drops what was received and what will be; its credit goes back.</summary>
    public void Discard()
    {
        int count;
        lock (_gate)
        {
            _discarding = true;
            count = DiscardUnlessLent();
        }

        if (count > 0)
        {
            stream.Connection.ReturnCredit(stream, count);
        }
    }

    /// <summary>The reader will read no more: what it was lent comes back, and all is dropped.</summary>
    public void CompleteReading()
    {
        lock (_gate)
        {
            _lent = false;
        }

        Discard();
    }

    public bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            return TryTake(out result);
        }
    }

    public ValueTask<ReadResult> ReadAsync(CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(ct);
        }

        short version;
        lock (_gate)
        {
            if (TryTake(out var result))
            {
                return new ValueTask<ReadResult>(result);
            }

            if (_waiting)
            {
                throw new InvalidOperationException("the last read has not ended");
            }

            _core.Reset();
            _waiting = true;
            version = _core.Version;
        }

        if (ct.CanBeCanceled)
        {
            _cancelledBy = ct;
            _cancellation = ct.UnsafeRegister(static s => ((ReceiveState)s!).CancelWait(), this);
        }

        return new ValueTask<ReadResult>(this, version);
    }

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        int count;
        lock (_gate)
        {
            _lent = false;
            if (_discarding)
            {
                count = DiscardUnlessLent();
            }
            else
            {
                _examined = Math.Max(_examined, _queue.Place(examined));
                count = _queue.Advance(consumed);
            }
        }

        if (count > 0)
        {
            stream.Connection.ReturnCredit(stream, count);
        }
    }

    public void CancelPendingRead()
    {
        lock (_gate)
        {
            _cancelPending = true;
            if (_waiting && _failure is null && TryTake(out var result))
            {
                _waiting = false;
                _core.RunContinuationsAsynchronously = true;
                _core.SetResult(result);
            }
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private bool TryTake(out ReadResult result)
    {
        if (_failure is not null)
        {
            throw StreamErrors.Fresh(_failure);
        }

        if (_cancelPending || _ended || _queue.Written > _examined)
        {
            result = new ReadResult(_discarding ? ReadOnlySequence<byte>.Empty : _queue.Peek(), _cancelPending, _ended);
            _cancelPending = false;
            _lent = !result.Buffer.IsEmpty;
            return true;
        }

        result = default;
        return false;
    }

    // A reader may be sending from the buffers in this moment: given back, they would fill with another connection's bytes.
    private int DiscardUnlessLent()
    {
        if (_lent)
        {
            return 0;
        }

        _examined = _queue.Written;
        return _queue.Discard();
    }

    private void CancelWait()
    {
        lock (_gate)
        {
            if (_waiting)
            {
                _waiting = false;
                _core.RunContinuationsAsynchronously = true;
                _core.SetException(new OperationCanceledException(_cancelledBy));
            }
        }
    }
}
