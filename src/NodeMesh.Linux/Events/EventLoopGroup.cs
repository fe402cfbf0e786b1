namespace NodeMesh.Linux.Events;

/// <summary>The event loops of a process: one per processor.</summary>
internal sealed class EventLoopGroup : IDisposable
{
    /// <summary>Descriptors that a loop may have more than another before connections made on its thread go elsewhere.</summary>
    private const int Slack = 16;

    /// <summary>As <see cref="Slack"/>, for connections that were accepted on its thread: a hand-over costs less than one loop's waiting for the other.</summary>
    private const int AcceptSlack = 2;

    /// <summary>Descriptors that a loop may have more than twice another's before it gets no more of its connections.</summary>
    private const int MoveSlack = 32;

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

    /// <summary>The loops.</summary>
    internal IReadOnlyList<EventLoop> Loops => _loops;

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

    /// <summary>The loop whose thread this is, which saves a hop, unless it has clearly more to do than another one.</summary>
    internal EventLoop Near()
    {
        var best = Next();
        return EventLoop.Current is { } current && current.Registered <= best.Registered + Slack ? current : best;
    }

    /// <summary>The loop for a connection that was just accepted on this thread: all that follows happens there, so the loops are to have as many each.</summary>
    internal EventLoop ForAccepted()
    {
        var best = Next();
        return EventLoop.Current is { } current && current.Registered <= best.Registered + AcceptSlack ? current : best;
    }

    /// <summary>The loop that belongs to a processor.</summary>
    /// <param name="processor">The processor's number; negative when it is not known.</param>
    internal EventLoop? Of(int processor) => processor >= 0 && _loops.Length > 1 ? _loops[processor % _loops.Length] : null;

    /// <summary>Whether a loop may get another connection from one, or has so many more that the other's thread would be idle.</summary>
    /// <param name="from">Where the connection is.</param>
    /// <param name="to">Where it would go.</param>
    internal static bool MayMove(EventLoop from, EventLoop to) => to.Registered <= (2 * from.Registered) + MoveSlack;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
