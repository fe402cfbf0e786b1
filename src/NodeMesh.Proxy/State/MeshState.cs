using NodeMesh.Model;

namespace NodeMesh.Proxy.State;

/// <summary>Holds the current model, swapped by reference: a connection reads it once per decision. Written by discovery alone; keeps the last state when the control plane is gone.</summary>
/// <param name="time">The clock.</param>
internal sealed class MeshState(TimeProvider time)
{
    private readonly Lock _gate = new();
    private MeshModel _current = MeshModel.Empty;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastContact;
    private bool _contacted;
    private volatile bool _synced;

    /// <summary>Raised after each swap, one at a time and in order, with the old and the new model. Handlers must be quick.</summary>
    public event Action<MeshModel, MeshModel>? Changed;

    /// <summary>As <see cref="Changed"/>, with what changed.</summary>
    public event Action<MeshModel, MeshModel, ModelChange>? Applied;

    /// <summary>The current model.</summary>
    public MeshModel Current => Volatile.Read(ref _current);

    /// <summary>True once the first answer of every discovery type was applied.</summary>
    public bool IsSynced => _synced;

    /// <summary>How long ago discovery last said something; null when it never did.</summary>
    public TimeSpan? Age => Volatile.Read(ref _contacted) ? time.GetElapsedTime(Volatile.Read(ref _lastContact)) : null;

    /// <summary>Applies a change.</summary>
    /// <param name="change">What changes.</param>
    public void Apply(ModelChange change)
    {
        lock (_gate)
        {
            Touch();
            var old = _current;
            var next = old.Apply(change);
            if (ReferenceEquals(old, next))
            {
                return;
            }

            Volatile.Write(ref _current, next);
            var signal = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            // Before the handlers, one of which may fail: whoever waits, the enforcement of policies above all, must learn of the change. Continuations run elsewhere.
            signal.TrySetResult();
            Changed?.Invoke(old, next);
            Applied?.Invoke(old, next, change);
        }
    }

    /// <summary>Says that discovery was heard of just now.</summary>
    public void Touch()
    {
        Volatile.Write(ref _lastContact, time.GetTimestamp());
        Volatile.Write(ref _contacted, true);
    }

    /// <summary>Says that the first answer of every discovery type was applied.</summary>
    public void MarkSynced()
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            _synced = true;
            signal = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.TrySetResult();
    }

    /// <summary>Waits until the model satisfies a condition.</summary>
    /// <param name="condition">The condition; asked at once and after each change.</param>
    /// <param name="limit">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True when the condition holds, false after the limit.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> WaitAsync(Func<MeshModel, bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (condition(Current))
        {
            return true;
        }

        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                // The signal is taken before the condition is asked, or a change between the two would be missed.
                Task signal;
                lock (_gate)
                {
                    signal = _next.Task;
                }

                if (condition(Current))
                {
                    return true;
                }

                await signal.WaitAsync(both.Token);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return condition(Current);
        }
    }
}
