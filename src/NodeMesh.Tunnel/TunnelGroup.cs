using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel;

/// <summary>The tunnels to one target. The pool's lock guards it.</summary>
internal sealed class TunnelGroup
{
    public List<PooledTunnel> Tunnels { get; } = [];

    /// <summary>The dial under way, shared by everybody who waits for it.</summary>
    public Task<PooledTunnel>? Dialing { get; set; }

    /// <summary>When the last dial failed, as a timestamp; nothing when it did not.</summary>
    public long? FailedAt { get; set; }

    /// <summary>How often the target was evicted; a dial that began before takes no streams.</summary>
    public int Evictions { get; set; }

    public bool IsEmpty => Tunnels.Count == 0 && Dialing is null;

    /// <summary>The tunnel for the next stream.</summary>
    /// <param name="loop">The loop that the connection lives on; nothing when it lives on none yet.</param>
    /// <returns>
    /// One that is not busy if there are any, on that loop if there are any, with the fewest streams; nothing when all are full.
    /// </returns>
    public PooledTunnel? Pick(EventLoop? loop)
    {
        PooledTunnel? best = null;
        var bestKey = (Busy: true, Elsewhere: true, Streams: int.MaxValue);
        foreach (var tunnel in Tunnels)
        {
            if (tunnel.Connection.Room <= 0)
            {
                continue;
            }

            var key = (tunnel.IsBusy, loop is not null && tunnel.Loop != loop, tunnel.Connection.ActiveStreams);
            if (best is null || key.CompareTo(bestKey) < 0)
            {
                (best, bestKey) = (tunnel, key);
            }
        }

        return best;
    }

    /// <summary>The loop for another tunnel.</summary>
    /// <param name="wanted">The loop that the connection lives on; nothing when it lives on none yet.</param>
    /// <returns>That one where it has no tunnel; else the one that has fewest.</returns>
    public EventLoop PlaceForAnother(EventLoop? wanted)
    {
        var best = wanted ?? EventLoop.All[0];
        var least = CountOpen(best);
        foreach (var loop in EventLoop.All)
        {
            var count = CountOpen(loop);
            if (count < least)
            {
                (best, least) = (loop, count);
            }
        }

        return best;
    }

    /// <summary>How many tunnels take streams.</summary>
    /// <returns>The number of open ones.</returns>
    public int CountOpen() => Tunnels.Count(t => t.Connection.State == TunnelState.Open);

    private int CountOpen(EventLoop loop) => Tunnels.Count(t => t.Loop == loop && t.Connection.State == TunnelState.Open);
}
