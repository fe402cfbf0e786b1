using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace NodeMesh.Control.RateLimits;

/// <summary>The token buckets that all nodes share. A bucket that is full is like one that was never asked for, so full ones are forgotten; beyond a limit of buckets there is no room for new ones.</summary>
/// <param name="time">The clock.</param>
/// <param name="maximum">The limit; one takes about 150 bytes.</param>
internal sealed class RateLimitCounts(TimeProvider time, int maximum = 200_000)
{
    /// <summary>Looking at all buckets takes milliseconds where there are many.</summary>
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<UInt128, RateLimitCount> _counts = new();
    private readonly long _started = time.GetTimestamp();

    // Counted here: the dictionary's own count takes all of its locks.
    private int _count;
    private long _sweptAt;
    private long _granted;
    private long _refused;

    /// <summary>Tells these buckets from those of before a restart, or of another replica. Never 0.</summary>
    public ulong Keeper { get; } = NewKeeper();

    /// <summary>How many buckets there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Tokens that were given and not returned.</summary>
    public long Granted => Interlocked.Read(ref _granted);

    /// <summary>Asks for more than there was, and those that there was no room for.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Gives tokens.</summary>
    /// <param name="ask">What is wanted.</param>
    /// <returns>What is given.</returns>
    public RateLimitGrant Lease(in RateLimitAsk ask)
    {
        var now = time.GetElapsedTime(_started).Ticks;
        while (_counts.TryGetValue(ask.Key, out var count) || (count = Add(ask.Key, now)) is not null)
        {
            if (count.Lease(ask, now) is { } grant)
            {
                Interlocked.Add(ref _granted, grant.Granted - ask.Returned);
                if (grant.Granted < ask.Needed)
                {
                    Interlocked.Increment(ref _refused);
                }

                return grant;
            }

            Remove(ask.Key, count);
        }

        Interlocked.Increment(ref _refused);
        return new RateLimitGrant(0, 0, TimeSpan.Zero, HasRoom: false);
    }

    private static ulong NewKeeper()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }

    private RateLimitCount? Add(UInt128 key, long now)
    {
        SweepNowAndThen(now);
        if (Count >= maximum)
        {
            return null;
        }

        var made = new RateLimitCount();
        var count = _counts.GetOrAdd(key, made);
        if (ReferenceEquals(count, made))
        {
            Interlocked.Increment(ref _count);
        }

        return count;
    }

    private void SweepNowAndThen(long now)
    {
        var swept = Interlocked.Read(ref _sweptAt);
        if (now - swept < SweepPeriod.Ticks || Interlocked.CompareExchange(ref _sweptAt, now, swept) != swept)
        {
            return;
        }

        foreach (var (key, count) in _counts)
        {
            if (count.TryForget(now))
            {
                Remove(key, count);
            }
        }
    }

    private void Remove(UInt128 key, RateLimitCount count)
    {
        if (_counts.TryRemove(KeyValuePair.Create(key, count)))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
