using NodeMesh.Linux.Events;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>
/// The idle connections to one endpoint, apart by event loop: a request takes one of its own loop's or opens another, since one of another loop would
/// move its answer, and all that follows, between threads.
/// </summary>
/// <param name="limits">What a policy says of them; null for nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class Http1Pool(UpstreamLimits? limits, TimeProvider time) : IDisposable
{
    // One more for connections of no loop.
    private readonly Stack<Http1Connection>[] _idle = [.. Enumerable.Range(0, EventLoop.All.Count + 1).Select(_ => new Stack<Http1Connection>())];
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>Takes a connection that waits.</summary>
    /// <param name="loop">The loop of the client's connection; null where nobody knows.</param>
    /// <returns>The one that was used last; null when there is none.</returns>
    public Http1Connection? TryTake(EventLoop? loop)
    {
        var own = IndexOf(loop);
        while (true)
        {
            Http1Connection? connection = null;
            lock (_gate)
            {
                _idle[own].TryPop(out connection);
            }

            if (connection is null || !IsOver(connection))
            {
                return connection;
            }

            connection.Dispose();
        }
    }

    /// <summary>Takes a connection back.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>False when none is kept any more.</returns>
    public bool TryReturn(Http1Connection connection)
    {
        lock (_gate)
        {
            if (_isClosed || time.GetElapsedTime(connection.Opened) >= (limits?.Lifetime ?? TimeSpan.MaxValue))
            {
                return false;
            }

            connection.IdleSince = time.GetTimestamp();
            _idle[IndexOf(connection.Loop)].Push(connection);
            return true;
        }
    }

    /// <summary>Closes what the endpoint has closed, and what has waited for too long.</summary>
    public void Sweep()
    {
        List<Http1Connection>? over = null;
        lock (_gate)
        {
            foreach (var idle in _idle)
            {
                if (idle.Count == 0 || !idle.Any(IsOver))
                {
                    continue;
                }

                (over ??= []).AddRange(idle.Where(IsOver));
                var kept = idle.Where(c => !IsOver(c)).Reverse().ToArray();
                idle.Clear();
                Array.ForEach(kept, idle.Push);
            }
        }

        over?.ForEach(c => c.Dispose());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        Sweep();
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The time.</summary>
    /// <returns>The timestamp.</returns>
    public long Now() => time.GetTimestamp();

    private bool IsOver(Http1Connection connection) =>
        _isClosed
        || connection.IsStale
        || time.GetElapsedTime(connection.IdleSince) >= (limits?.IdleTimeout ?? UpstreamClient.IdleLimit)
        || time.GetElapsedTime(connection.Opened) >= (limits?.Lifetime ?? TimeSpan.MaxValue);

    private static int IndexOf(EventLoop? loop)
    {
        var loops = EventLoop.All;
        for (var i = 0; loop is not null && i < loops.Count; i++)
        {
            if (ReferenceEquals(loops[i], loop))
            {
                return i + 1;
            }
        }

        return 0;
    }
}
