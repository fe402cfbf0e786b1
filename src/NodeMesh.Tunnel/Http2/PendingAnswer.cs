using System.Threading.Tasks.Sources;
using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// The answer to a request, or why there is none. It is known in the middle of reading frames, or under somebody's locks; whoever waits for it goes on in the
/// event loop's thread, after the events at hand.
/// </summary>
/// <param name="loop">The tunnel's loop.</param>
/// <param name="asked">When the request was made, as a timestamp.</param>
internal sealed class PendingAnswer(EventLoop loop, long asked) : IValueTaskSource<ResponseHead>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<ResponseHead> _core;
    private CancellationTokenRegistration _cancellation;
    private ResponseHead? _head;
    private Exception? _failure;
    private int _isSettled;
    private bool _isKnown;

    /// <summary>When the request was made, as a timestamp.</summary>
    public long Asked => asked;

    /// <summary>Whether the answer is here, be the waiting one told of it or not; for the frame reader alone.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>Whether whoever waits has got an answer or a failure.</summary>
    public bool IsSettled => Volatile.Read(ref _isSettled) != 0;

    /// <summary>Waits for the answer; once.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer.</returns>
    public ValueTask<ResponseHead> WaitAsync(CancellationToken ct)
    {
        if (ct.CanBeCanceled)
        {
            _cancellation = ct.UnsafeRegister(static (s, token) => ((PendingAnswer)s!).Fail(new OperationCanceledException(token)), this);
        }

        return new ValueTask<ResponseHead>(this, _core.Version);
    }

    /// <summary>Gives the answer, unless whoever waits has given up.</summary>
    /// <param name="head">The answer.</param>
    public void Set(ResponseHead head)
    {
        _isKnown = true;
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
        {
            _head = head;
            loop.Schedule(this);
        }
    }

    /// <summary>Says that there will be none, unless there is one.</summary>
    /// <param name="reason">Why.</param>
    public void Fail(Exception reason)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
        {
            _failure = reason;
            loop.Schedule(this);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_failure is not null)
        {
            _core.SetException(_failure);
        }
        else
        {
            _core.SetResult(_head!);
        }
    }

    ResponseHead IValueTaskSource<ResponseHead>.GetResult(short token)
    {
        _cancellation.Dispose();
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ResponseHead>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ResponseHead>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.FlowExecutionContext);
}
