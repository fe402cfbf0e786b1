using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Resilience;

/// <summary>
/// One token bucket, as one number: the time at which it will be full again. Each request moves that on by the time that one token takes to come; a
/// request that would move it further ahead than all the tokens take finds the bucket empty (the generic cell rate algorithm). No lock, no timer.
/// </summary>
internal sealed class RateLimitBucket
{
    private long _fullAt = long.MinValue;

    /// <summary>When it will be full, or was, in ticks of <see cref="TimeSpan"/> on the limiter's clock.</summary>
    public long FullAt => Volatile.Read(ref _fullAt);

    /// <summary>Takes a token.</summary>
    /// <param name="rule">How many there are.</param>
    /// <param name="now">The time on the limiter's clock, in ticks of <see cref="TimeSpan"/>.</param>
    /// <returns>Whether there was one, and how it is with the bucket then.</returns>
    public RateLimitVerdict Take(RateLimitRule rule, long now)
    {
        var each = Math.Max(1, rule.Period.Ticks / rule.Requests);
        var all = each * rule.Burst;
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            if (fullAt > now + all)
            {
                // More than an empty bucket lacks is what a rule with other numbers has left.
                Interlocked.CompareExchange(ref _fullAt, now + all, fullAt);
                continue;
            }

            var next = Math.Max(fullAt, now) + each;
            if (next - now > all)
            {
                return new RateLimitVerdict(false, 0, TimeSpan.FromTicks(next - now - all));
            }

            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) == fullAt)
            {
                return new RateLimitVerdict(true, (int)((all - (next - now)) / each), TimeSpan.FromTicks(next - now));
            }
        }
    }
}
