using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Resilience;

/// <summary>
/// Counts what the clients of this node have open towards one service, and refuses what goes beyond its limits. Over HTTP/1.1 each request takes a
/// connection, so requests beyond the limit of connections wait, as many as may; over HTTP/2 they share connections and only requests count.
/// </summary>
internal sealed class CircuitBreaker
{
    // Envoy refuses a fourth retry at once where nothing is configured; ten keep a quiet service's retries while the share still ends storms.
    private static readonly RetryBudget DefaultBudget = new(20, 10);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private ConnectionPool? _pool;
    private RetryBudget _budget = DefaultBudget;
    private int? _maxRetries;
    private int _connections;
    private int _requests;
    private int _retries;

    /// <summary>Connections without requests that are open.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Requests under way.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Retries under way.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Requests that wait for a connection.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes new limits; what is open stays.</summary>
    /// <param name="pool">The limits; null for none.</param>
    /// <param name="budget">The retry budget; null for the default one.</param>
    public void Update(ConnectionPool? pool, RetryBudget? budget)
    {
        lock (_gate)
        {
            _pool = pool;
            _maxRetries = pool?.MaxRetries;
            Volatile.Write(ref _budget, budget ?? DefaultBudget);

            // Limits that were raised, or are gone, let waiters in.
            while (_waiting.First is { } first && MayStart())
            {
                Interlocked.Increment(ref _requests);
                _waiting.RemoveFirst();
                first.Value.Start();
            }
        }
    }

    /// <summary>Begins a connection.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryEnterConnection()
    {
        var now = Interlocked.Increment(ref _connections);
        if (Volatile.Read(ref _pool)?.MaxConnections is not { } limit || now <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _connections);
        return false;
    }

    /// <summary>Ends a connection.</summary>
    public void ExitConnection() => Interlocked.Decrement(ref _connections);

    /// <summary>Begins a request, once there is a connection for it.</summary>
    /// <param name="shared">True when requests share connections (HTTP/2).</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when there are too many.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited.</exception>
    public ValueTask<bool> EnterRequestAsync(bool shared, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _pool) is not { } limits || limits is { MaxConnections: null, MaxRequests: null })
        {
            Interlocked.Increment(ref _requests);
            return ValueTask.FromResult(true);
        }

        Waiter waiter;
        lock (_gate)
        {
            if (_requests >= limits.MaxRequests)
            {
                return ValueTask.FromResult(false);
            }

            if (shared || limits.MaxConnections is not { } connections || (_requests < connections && _waiting.Count == 0))
            {
                Interlocked.Increment(ref _requests);
                return ValueTask.FromResult(true);
            }

            if (_waiting.Count >= limits.MaxPendingRequests)
            {
                return ValueTask.FromResult(false);
            }

            waiter = new Waiter();
            waiter.Place = _waiting.AddLast(waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Ends a request; one that waits takes its place.</summary>
    public void ExitRequest()
    {
        if (Volatile.Read(ref _pool) is null)
        {
            Interlocked.Decrement(ref _requests);
            return;
        }

        lock (_gate)
        {
            Interlocked.Decrement(ref _requests);
            if (_waiting.First is { } first && MayStart())
            {
                Interlocked.Increment(ref _requests);
                _waiting.RemoveFirst();
                first.Value.Start();
            }
        }
    }

    /// <summary>Begins a retry.</summary>
    /// <returns>False when there are too many for the requests under way.</returns>
    public bool TryEnterRetry()
    {
        var now = Interlocked.Increment(ref _retries);
        var budget = Volatile.Read(ref _budget);
        var limit = _maxRetries ?? Math.Max(budget.MinimumConcurrency, (int)(Requests * budget.Percent / 100));
        if (now <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _retries);
        return false;
    }

    /// <summary>Ends a retry.</summary>
    public void ExitRetry() => Interlocked.Decrement(ref _retries);

    private bool MayStart() =>
        _pool is not { } limits || ((limits.MaxRequests is not { } requests || _requests < requests) && (limits.MaxConnections is not { } connections || _requests < connections));

    private async ValueTask<bool> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Started.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            bool started;
            lock (_gate)
            {
                started = waiter.Place?.List is null;
                if (!started)
                {
                    _waiting.Remove(waiter.Place!);
                }
            }

            if (started)
            {
                // Its turn came just as it gave up.
                ExitRequest();
            }

            throw;
        }
    }

    private sealed class Waiter
    {
        // Continuations run elsewhere: whoever ends a request holds the lock.
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Place { get; set; }

        public Task Started => _started.Task;

        public void Start() => _started.TrySetResult();
    }
}
