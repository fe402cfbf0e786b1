using System.Runtime.InteropServices;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// Moves the bytes of one direction between two sockets, on one loop's thread. Small messages are received into the loop's own memory and sent on at once;
/// what the sink does not take is kept. A source that fills that memory twice in a row is spliced through a pipe instead. A direction that waits for its
/// source holds neither buffer nor pipe.
/// </summary>
internal sealed unsafe class ForwardPump(SocketConnection from, int source, int sink, Action<long> count)
{
    /// <summary>Bytes after which a direction lets others have their turn.</summary>
    private const int TurnBytes = 1024 * 1024;

    /// <summary>Reads and writes after which a direction lets others have their turn.</summary>
    private const int TurnSteps = 16;

    /// <summary>Full reads in a row that make a direction bulk.</summary>
    private const int FullReadsOfBulk = 2;

    /// <summary>A spliced turn that moved less goes back to receiving: below that the copy is cheaper than the second system call.</summary>
    private const int LeastSplice = 32 * 1024;

    private EventLoop _loop = null!;
    private byte[]? _rest;
    private int _restStart;
    private int _restEnd;
    private SplicePipe? _pipe;
    private long _spliced;
    private long _turn;
    private int _fullReads;
    private uint _passed;
    private bool _isBulk;
    private bool _canRead;
    private bool _canWrite = true;
    private bool _isHungUp;
    private bool _isEnded;

    /// <summary>True once the sink was told of the source's end.</summary>
    internal bool IsFinished { get; private set; }

    /// <summary>The error number of what broke.</summary>
    internal int Error { get; private set; }

    /// <summary>True while it holds neither bytes nor a pipe of its loop.</summary>
    internal bool IsEmpty => _rest is null && _pipe is null;

    /// <summary>Lives on a loop from now on; while <see cref="IsEmpty"/>.</summary>
    /// <param name="loop">The loop.</param>
    internal void MoveTo(EventLoop loop) => _loop = loop;

    /// <summary>The source has something to read: bytes, its end or an error.</summary>
    /// <param name="isHungUp">True when its end or an error is among it: a read that takes all bytes does not show that.</param>
    internal void SourceReady(bool isHungUp)
    {
        _canRead = true;
        _isHungUp |= isHungUp;
    }

    /// <summary>The sink takes bytes again.</summary>
    internal void SinkReady() => _canWrite = true;

    /// <summary>Moves what can be moved in one turn.</summary>
    /// <returns>Why it stopped.</returns>
    internal PumpState Run()
    {
        _turn = 0;
        for (var steps = 0; steps < TurnSteps && _turn < TurnBytes; steps++)
        {
            var state = Step();
            if (state != PumpState.HasMore)
            {
                return state;
            }
        }

        return PumpState.HasMore;
    }

    /// <summary>Gives back what it holds.</summary>
    internal void Release()
    {
        ReturnRest();
        ReturnPipe();
    }

    private PumpState Step()
    {
        if (IsFinished || !_canWrite)
        {
            return PumpState.Waiting;
        }

        if (_rest is not null)
        {
            return SendRest();
        }

        if (_pipe is { Length: > 0 } pipe)
        {
            return DrainPipe(pipe);
        }

        if (_isEnded)
        {
            return Finish();
        }

        if (!_canRead)
        {
            ReturnPipe();
            return PumpState.Waiting;
        }

        return _isBulk && from.Messages is null ? Splice() : Copy();
    }

    private PumpState Copy()
    {
        var received = EventCalls.Receive(source, _loop.Scratch, (nuint)EventLoop.ScratchLength, EventCalls.MessageDontWait);
        if (received <= 0)
        {
            return NothingReceived(received);
        }

        var isFull = received == EventLoop.ScratchLength;
        _fullReads = isFull ? _fullReads + 1 : 0;
        _isBulk |= _fullReads >= FullReadsOfBulk;
        if (!isFull && !_isHungUp && from.IsDrained(ref _passed))
        {
            _canRead = false;
        }

        var sent = Send(_loop.Scratch, (int)received);
        if (sent == received)
        {
            return PumpState.HasMore;
        }

        if (sent < 0)
        {
            return PumpState.SinkBroke;
        }

        _restStart = 0;
        _restEnd = (int)received - sent;
        _rest = PooledSegments.Shared.Rent(_restEnd);
        new ReadOnlySpan<byte>(_loop.Scratch + sent, _restEnd).CopyTo(_rest);
        return PumpState.Waiting;
    }

    private PumpState NothingReceived(nint received)
    {
        if (received == 0)
        {
            _isEnded = true;
            return PumpState.HasMore;
        }

        switch (*_loop.Error)
        {
            case EventCalls.ErrorAgain:
                _canRead = false;
                return PumpState.HasMore;
            case EventCalls.ErrorInterrupted:
                return PumpState.HasMore;
            default:
                Error = *_loop.Error;
                return PumpState.SourceBroke;
        }
    }

    private PumpState Splice()
    {
        _pipe ??= _loop.Pipes.TryRent();
        if (_pipe is not null)
        {
            var moved = EventCalls.Splice(source, null, _pipe.WriteEnd, null, SplicePipe.Capacity, EventCalls.SpliceMove | EventCalls.SpliceNonBlocking);
            if (moved > 0)
            {
                _pipe.Length = (int)moved;
                _spliced += moved;
                return DrainPipe(_pipe);
            }
        }

        // Dry, ended or broken, or at urgent data, which splice does not pass: receiving tells them apart.
        _isBulk = _pipe is not null && _spliced >= LeastSplice;
        _spliced = 0;
        return Copy();
    }

    private PumpState DrainPipe(SplicePipe pipe)
    {
        var moved = EventCalls.Splice(pipe.ReadEnd, null, sink, null, (nuint)pipe.Length, EventCalls.SpliceMove | EventCalls.SpliceNonBlocking);
        if (moved > 0)
        {
            pipe.Length -= (int)moved;
            Sent(moved);
            return PumpState.HasMore;
        }

        var error = moved == 0 ? EventCalls.ErrorPipe : Marshal.GetLastPInvokeError();
        return IsSinkFull(error) ? PumpState.Waiting : PumpState.SinkBroke;
    }

    private PumpState SendRest()
    {
        fixed (byte* rest = _rest)
        {
            var sent = Send(rest + _restStart, _restEnd - _restStart);
            if (sent < 0)
            {
                return PumpState.SinkBroke;
            }

            _restStart += sent;
        }

        if (_restStart < _restEnd)
        {
            return PumpState.Waiting;
        }

        ReturnRest();
        return PumpState.HasMore;
    }

    /// <summary>Sends. Less than all means that the sink is full, negative that it broke.</summary>
    private int Send(byte* bytes, int length)
    {
        var sent = EventCalls.Send(sink, bytes, (nuint)length, EventCalls.MessageDontWait | EventCalls.MessageNoSignal);
        if (sent > 0)
        {
            // send(2) took less: its buffer is full, and the kernel raises an edge once there is room.
            _canWrite = sent == length;
            Sent(sent);
            return (int)sent;
        }

        return IsSinkFull(*_loop.Error) ? 0 : -1;
    }

    private bool IsSinkFull(int error)
    {
        if (error is EventCalls.ErrorAgain or EventCalls.ErrorInterrupted)
        {
            _canWrite = false;
            return true;
        }

        Error = error;
        return false;
    }

    private void Sent(nint bytes)
    {
        _turn += bytes;
        count(bytes);
    }

    private PumpState Finish()
    {
        // Fails where the sink was reset meanwhile: its own direction finds out.
        _ = EventCalls.Shutdown(sink, EventCalls.ShutdownWrite);
        IsFinished = true;
        Release();
        return PumpState.Finished;
    }

    private void ReturnRest()
    {
        if (_rest is not null)
        {
            PooledSegments.Shared.Return(_rest);
            _rest = null;
        }
    }

    private void ReturnPipe()
    {
        if (_pipe is not null)
        {
            _loop.Pipes.Return(_pipe);
            _pipe = null;
        }
    }
}
