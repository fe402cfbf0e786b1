namespace NodeMesh.Control.RateLimits;

/// <summary>One token bucket of the mesh, as one number: the time at which it will be full again (the generic cell rate algorithm, as in node proxies).</summary>
internal sealed class RateLimitCount
{
    /// <summary>
    /// Requests that wait get all that there is, those that are only expected a quarter of the rest: leases become smaller as the bucket empties, so that
    /// hardly a token is with a node that does not use it when another needs the last.
    /// </summary>
    private const int AheadShare = 4;

    private readonly Lock _gate = new();
    private long _fullAt = long.MinValue;
    private bool _isForgotten;

    /// <summary>Makes it forgotten, if it is full: then it gives nothing any more, and another takes its place.</summary>
    /// <param name="now">The time on the keeper's clock, in ticks of <see cref="TimeSpan"/>.</param>
    /// <returns>Whether it is forgotten.</returns>
    public bool TryForget(long now)
    {
        lock (_gate)
        {
            return _isForgotten = _fullAt <= now;
        }
    }

    /// <summary>Gives tokens.</summary>
    /// <param name="ask">What is wanted.</param>
    /// <param name="now">The time on the keeper's clock, in ticks of <see cref="TimeSpan"/>.</param>
    /// <returns>What is given; null when it is forgotten.</returns>
    public RateLimitGrant? Lease(in RateLimitAsk ask, long now)
    {
        var each = Math.Max(1, ask.Period.Ticks / ask.Requests);
        var all = each * ask.Burst;
        lock (_gate)
        {
            if (_isForgotten)
            {
                return null;
            }

            // More than an empty bucket lacks is what a rule with other numbers has left.
            var lacking = Math.Clamp(_fullAt, now, now + all) - now;
            lacking = Math.Max(0, lacking - (each * ask.Returned));
            var available = (int)((all - lacking) / each);
            var needed = Math.Min(ask.Needed, available);
            var granted = needed + Math.Min(ask.Ahead, (available - needed) / AheadShare);
            lacking += each * granted;
            _fullAt = now + lacking;
            var wait = needed < ask.Needed ? lacking + each - all : lacking;
            return new RateLimitGrant(granted, available - granted, TimeSpan.FromTicks(wait));
        }
    }
}
