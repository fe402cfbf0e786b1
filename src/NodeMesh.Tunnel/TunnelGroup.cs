namespace NodeMesh.Tunnel;

/// <summary>The tunnels to one target. The pool's lock guards it.</summary>
internal sealed class TunnelGroup
{
    public List<PooledTunnel> Tunnels { get; } = [];

    /// <summary>The dial under way, shared by everybody who waits for it.</summary>
    public Task<PooledTunnel>? Dialing { get; set; }

    /// <summary>How often the target was evicted; a dial that began before takes no streams.</summary>
    public int Evictions { get; set; }

    public bool IsEmpty => Tunnels.Count == 0 && Dialing is null;

    /// <summary>The tunnel for the next stream.</summary>
    /// <returns>The one with the fewest streams, of those that are not busy if there are any; nothing when all are full.</returns>
    public PooledTunnel? Pick()
    {
        PooledTunnel? best = null;
        var bestKey = (Busy: true, Streams: int.MaxValue);
        foreach (var tunnel in Tunnels)
        {
            if (tunnel.Connection.Room <= 0)
            {
                continue;
            }

            var key = (tunnel.IsBusy, tunnel.Connection.ActiveStreams);
            if (best is null || key.CompareTo(bestKey) < 0)
            {
                (best, bestKey) = (tunnel, key);
            }
        }

        return best;
    }

    /// <summary>How many tunnels take streams.</summary>
    /// <returns>The number of open ones.</returns>
    public int CountOpen() => Tunnels.Count(t => t.Connection.State == TunnelState.Open);
}
