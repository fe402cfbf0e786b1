using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace NodeMesh.Tunnel.Http2;

/// <summary>What a stream has to send: at most one write at a time, from the caller's own memory. The output's lock guards it.</summary>
internal sealed class SendState : IValueTaskSource<FlushResult>
{
    private ManualResetValueTaskSourceCore<FlushResult> _core;
    private CancellationTokenRegistration _cancellation;
    private bool _touched;

    /// <summary>How many bytes the peer lets us send; below zero after it shrank its window (RFC 9113 section 6.9.2).</summary>
    public long Window { get; set; }

    /// <summary>What is left of the write.</summary>
    public ReadOnlyMemory<byte> Pending { get; private set; }

    /// <summary>Whether a write waits for its end.</summary>
    public bool HasWrite { get; private set; }

    /// <summary>Whether the writer is sending from the caller's memory right now, so that it must not be given back.</summary>
    public bool InFlight { get; set; }

    /// <summary>Whether the stream is in one of the output's queues.</summary>
    public bool Queued { get; set; }

    /// <summary>Whether END_STREAM follows the write.</summary>
    public bool EndWhenSent { get; set; }

    /// <summary>Whether END_STREAM was queued or sent.</summary>
    public bool Ended { get; set; }

    /// <summary>Why nothing can be sent any more.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the caller gave the write up while it was in flight.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>Whether part of the write is on its way already.</summary>
    public bool IsTouched => _touched;

    public short Begin(ReadOnlyMemory<byte> data)
    {
        _core.Reset();
        Pending = data;
        HasWrite = true;
        CancelRequested = false;
        _touched = false;
        return _core.Version;
    }

    public void SetCancellation(CancellationTokenRegistration registration) => _cancellation = registration;

    public void Take(int count)
    {
        Pending = Pending[count..];
        _touched |= count > 0;
    }

    /// <summary>Ends the write, which is on its way; <see cref="Complete"/> follows.</summary>
    public void Finish()
    {
        HasWrite = false;
        Pending = default;
    }

    /// <summary>Lets the caller of a finished write go on, in this thread; without the lock.</summary>
    public void Complete()
    {
        _core.RunContinuationsAsynchronously = false;
        _core.SetResult(default);
    }

    /// <summary>Ends the write with an error; its caller goes on in another thread.</summary>
    /// <param name="error">Why it failed.</param>
    public void Finish(Exception error)
    {
        Finish();
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(error);
    }

    /// <summary>Makes this and every later write fail.</summary>
    /// <param name="error">Why.</param>
    public void Fail(Exception error)
    {
        Failure ??= error;
        if (HasWrite && !InFlight)
        {
            Finish(Failure);
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        // Waits for a cancellation that runs in this moment, so that it cannot hit the next write.
        _cancellation.Dispose();
        _cancellation = default;
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
