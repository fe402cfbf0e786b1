namespace NodeMesh.Linux.Events;

/// <summary>The event loops of a process: one per processor.</summary>
internal sealed class EventLoopGroup : IDisposable
{
    private static readonly Lazy<EventLoopGroup> SharedGroup = new(() => new EventLoopGroup(Environment.ProcessorCount));

    private readonly EventLoop[] _loops;
    private uint _next;

    /// <summary>Starts the loops.</summary>
    /// <param name="count">How many.</param>
    internal EventLoopGroup(int count)
    {
        _loops = new EventLoop[count];
        for (var i = 0; i < count; i++)
        {
            _loops[i] = new EventLoop($"events-{i}");
        }
    }

    /// <summary>The process's loops; they end with it.</summary>
    internal static EventLoopGroup Shared => SharedGroup.Value;

    /// <summary>The loop with the fewest descriptors; of equals the next one in turn.</summary>
    internal EventLoop Next()
    {
        var start = Interlocked.Increment(ref _next);
        var best = _loops[start % (uint)_loops.Length];
        foreach (var loop in _loops)
        {
            if (loop.Registered < best.Registered)
            {
                best = loop;
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
