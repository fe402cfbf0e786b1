using System.Threading.Channels;

namespace NodeMesh.Proxy.Tap;

/// <summary>One tap: what matches its filter waits for its reader. What a slow reader cannot take is counted, and lost to it.</summary>
/// <param name="filter">What it wants.</param>
/// <param name="leave">Takes it off the hub.</param>
internal sealed class TapSession(TapFilter filter, Action<TapSession> leave) : IDisposable
{
    /// <summary>Some seconds of what a terminal can show.</summary>
    private const int Capacity = 1024;

    private readonly Channel<TapEvent> _events = Channel.CreateBounded<TapEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _dropped;

    /// <summary>What it wants.</summary>
    public TapFilter Filter => filter;

    /// <summary>What has come; complete when the proxy stops.</summary>
    public ChannelReader<TapEvent> Events => _events.Reader;

    /// <summary>Takes how many events were lost since it was last asked.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    /// <summary>Adds an event; never waits.</summary>
    /// <param name="item">The event.</param>
    public void Offer(TapEvent item)
    {
        if (!_events.Writer.TryWrite(item))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Ends it for its reader.</summary>
    public void End() => _events.Writer.TryComplete();

    /// <inheritdoc/>
    public void Dispose()
    {
        leave(this);
        End();
    }
}
