using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// Reads a socket without a pipe between. A read receives where more is expected, and else waits for the loop to say so: a connection that waits holds no
/// buffer, and one that is busy makes one system call per read.
/// </summary>
internal sealed partial class SocketPipeReader(SocketConnection connection, ISegmentPool pool) : PipeReader
{
    /// <summary>Less room than this in the last segment is not worth a system call.</summary>
    private const int LeastRoom = 1024;

    private readonly Lock _gate = new();
    private ReceiveSegment? _head;
    private ReceiveSegment? _tail;
    private ReceiveSegment? _spare;
    private int _headIndex;
    private bool _hasUnexamined;
    private bool _isLent;
    private bool _isReading;
    private bool _isReleased;
    private bool _isEnded;
    private bool _isCompleted;
    private bool _cancelPending;
    private bool _expectsData;
    private SocketError _failure = SocketError.Success;
    private uint _passed;
    private int _nextSize = PooledSegments.SmallSize;

    /// <summary>True once the peer's FIN was read.</summary>
    internal bool IsEnded => _isEnded;

    /// <summary>True while nothing is buffered, being read, ended or completed: the socket can be read past the reader without loss.</summary>
    internal bool IsUnused
    {
        get
        {
            lock (_gate)
            {
                return _head is null && !_isReading && !_isEnded && !_isCompleted && !_cancelPending;
            }
        }
    }

    /// <summary>True once the user has completed the reader.</summary>
    internal bool IsCompleted => _isCompleted;

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        ThrowIfCompleted();
        var isCanceled = TakeCancel();
        if (isCanceled || _hasUnexamined || _isEnded)
        {
            result = Result(isCanceled);
            return true;
        }

        result = default;
        return false;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (TryRead(out var result))
        {
            return new ValueTask<ReadResult>(result);
        }

        Enter();
        if (!_expectsData)
        {
            return WaitAsync(cancellationToken);
        }

        // The last turn found data at once: try without waiting, and without a wait's bookkeeping.
        try
        {
            if (TryReceive())
            {
                Leave();
                return new ValueTask<ReadResult>(Result(isCanceled: false));
            }
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            Leave();
            return ValueTask.FromException<ReadResult>(SocketErrors.Translate(e, connection.AbortReason));
        }

        return WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ThrowIfCompleted();
        lock (_gate)
        {
            _isLent = false;
            if (_isReleased || _head is null)
            {
                _hasUnexamined = false;
                return;
            }

            var (consumedSegment, consumedIndex) = consumed.GetObject() is ReceiveSegment to ? (to, consumed.GetInteger()) : (_head, _headIndex);
            var (examinedSegment, examinedIndex) = examined.GetObject() is ReceiveSegment seen ? (seen, examined.GetInteger()) : (consumedSegment, consumedIndex);
            _hasUnexamined = examinedSegment.RunningIndex + examinedIndex < _tail!.RunningIndex + _tail.End;
            while (_head != consumedSegment)
            {
                FreeHead();
                if (_head is null)
                {
                    throw new InvalidOperationException("AdvanceTo was given a position that is not in the buffer");
                }
            }

            _headIndex = consumedIndex;
            if (_head == _tail && _headIndex == _tail!.End)
            {
                FreeHead();
            }
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            _cancelPending = true;
        }

        connection.WakeReader();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        lock (_gate)
        {
            // The user says that it holds no buffer any more.
            _isLent = false;
        }

        Release();
        connection.ReaderCompleted(exception);
    }

    /// <summary>Gives the buffers back. One that a user may still be looking at is left to the collector instead: returned, it would show another connection's bytes.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            if (_isReading)
            {
                return;
            }

            while (_head is not null)
            {
                FreeHead();
            }
        }
    }

    private ReadResult Result(bool isCanceled)
    {
        lock (_gate)
        {
            _isLent = _head is not null;
            var sequence = _head is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head, _headIndex, _tail!, _tail!.End);
            return new ReadResult(sequence, isCanceled, _isEnded);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(CancellationToken ct)
    {
        var isCanceled = false;
        try
        {
            var readiness = connection.Watch();
            await using var registration = ct.UnsafeRegister(static state => ((SocketConnection)state!).WakeReader(), connection);
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                isCanceled = TakeCancel();
                if (isCanceled || ((_expectsData || readiness.IsHungUp) && TryReceive()))
                {
                    break;
                }

                await readiness.Readable.WaitAsync();
                _expectsData = true;
            }
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            throw SocketErrors.Translate(e, connection.AbortReason);
        }
        finally
        {
            Leave();
        }

        return Result(isCanceled);
    }

    /// <summary>Receives what is there. False when nothing is.</summary>
    private bool TryReceive()
    {
        if (_failure != SocketError.Success)
        {
            throw new SocketException((int)_failure);
        }

        var segment = Room(out var isNew);
        int count;
        SocketError error;
        try
        {
            count = connection.Receive(segment.Array.AsSpan(segment.End), out error);
        }
        catch (ObjectDisposedException)
        {
            if (isNew)
            {
                Recycle(segment);
            }

            throw;
        }

        if (error == SocketError.Success && count > 0)
        {
            Received(segment, isNew, count);
            ReceiveEnd(segment);
            return true;
        }

        if (isNew)
        {
            Recycle(segment);
        }

        switch (error)
        {
            case SocketError.Success:
                _isEnded = true;
                return true;
            case SocketError.WouldBlock:
                _expectsData = false;
                return false;
            default:
                throw new SocketException((int)error);
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            if (_isReading)
            {
                throw new InvalidOperationException("a read is already pending");
            }

            _isReading = true;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _isReading = false;
        }

        if (_isReleased)
        {
            Release();
        }
    }

    private bool TakeCancel()
    {
        lock (_gate)
        {
            var pending = _cancelPending;
            _cancelPending = false;
            return pending;
        }
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("reading is not allowed after the reader was completed");
        }
    }
}
