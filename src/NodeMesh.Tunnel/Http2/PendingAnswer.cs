using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel.Http2;

/// <summary>
/// The answer to a request, or why there is none. It is known in the middle of reading frames, or under somebody's locks; whoever waits for it goes on in the
/// event loop's thread, after the events at hand.
/// </summary>
/// <param name="loop">The tunnel's loop.</param>
internal sealed class PendingAnswer(EventLoop loop) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<ResponseHead> _promise = new();
    private ResponseHead? _head;
    private Exception? _failure;
    private int _isKnown;

    /// <summary>The answer.</summary>
    public Task<ResponseHead> Task => _promise.Task;

    /// <summary>Whether it is known, be the waiting one told of it or not.</summary>
    public bool IsKnown => Volatile.Read(ref _isKnown) != 0;

    /// <summary>Gives the answer; the first one stays.</summary>
    /// <param name="head">The answer.</param>
    public void Set(ResponseHead head)
    {
        if (Interlocked.Exchange(ref _isKnown, 1) == 0)
        {
            _head = head;
            loop.Schedule(this);
        }
    }

    /// <summary>Says that there will be none, unless there is one.</summary>
    /// <param name="reason">Why.</param>
    public void Fail(Exception reason)
    {
        if (Interlocked.Exchange(ref _isKnown, 1) == 0)
        {
            _failure = reason;
            loop.Schedule(this);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_failure is not null)
        {
            _promise.TrySetException(_failure);
            // Whoever asked may have given up: then nobody looks at it.
            _ = _promise.Task.Exception;
        }
        else
        {
            _promise.TrySetResult(_head!);
        }
    }
}
