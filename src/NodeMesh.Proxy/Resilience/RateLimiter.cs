using System.Collections.Concurrent;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Resilience;

/// <summary>The buckets of this node's rate limits. One that is full is like one that was never asked, so full ones are forgotten; beyond a limit of buckets, values that are new share one.</summary>
/// <param name="time">The clock.</param>
/// <param name="maximumBuckets">The limit: a client that makes up values must not fill the memory.</param>
internal sealed class RateLimiter(TimeProvider time, int maximumBuckets = 100_000)
{
    private readonly ConcurrentDictionary<RateLimitBucketKey, RateLimitBucket> _buckets = new();
    private readonly long _started = time.GetTimestamp();

    // Counted here: the dictionary's own count takes all of its locks.
    private int _count;
    private int _sweepAt = 1024;

    /// <summary>How many buckets there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a token.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="key">Whose bucket it is.</param>
    /// <returns>Whether there was one.</returns>
    public RateLimitVerdict Take(RateLimitRule rule, in RateLimitBucketKey key)
    {
        var now = time.GetElapsedTime(_started).Ticks;
        return _buckets.TryGetValue(key, out var bucket) ? bucket.Take(rule, now) : Add(key).Take(rule, now);
    }

    /// <summary>Forgets buckets that are full.</summary>
    public void Sweep()
    {
        var now = time.GetElapsedTime(_started).Ticks;
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.FullAt <= now && _buckets.TryRemove(KeyValuePair.Create(key, bucket)))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    private RateLimitBucket Add(in RateLimitBucketKey key)
    {
        if (Count >= Volatile.Read(ref _sweepAt))
        {
            // Twice as many before the next time: each bucket pays for looking at a few others.
            Sweep();
            Volatile.Write(ref _sweepAt, Math.Max(1024, 2 * Count));
        }

        var own = Count < maximumBuckets ? key : new RateLimitBucketKey(key.Policy, key.Rule, key.Service);
        var made = new RateLimitBucket();
        var bucket = _buckets.GetOrAdd(own, made);
        if (ReferenceEquals(bucket, made))
        {
            Interlocked.Increment(ref _count);
        }

        return bucket;
    }
}
