using System.Threading.Tasks.Sources;

namespace NodeMesh.Linux.Events;

/// <summary>
/// Wakes one waiter, which goes on in the thread that wakes it. A signal before a wait is remembered, once: whoever is woken must look again whether
/// what it waits for is so. Posted to a loop, it wakes its waiter there.
/// </summary>
public sealed class ReadySignal : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Whether the waiter goes on in a thread of the pool instead.</summary>
    public bool RunsElsewhere
    {
        get => _core.RunContinuationsAsynchronously;
        set => _core.RunContinuationsAsynchronously = value;
    }

    /// <summary>Wakes the waiter.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            // Only one Set sees Waiting: the state stays Signalled until the waiter has gone on.
            _core.SetResult(true);
        }
    }

    /// <summary>Waits for the next signal. One waiter.</summary>
    /// <returns>When it came.</returns>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Signalled)
        {
            Volatile.Write(ref _state, Idle);
            return ValueTask.CompletedTask;
        }

        return new ValueTask(this, _core.Version);
    }

    void IThreadPoolWorkItem.Execute() => Set();

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Volatile.Write(ref _state, Idle);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.FlowExecutionContext);
}
