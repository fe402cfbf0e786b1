using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Resilience;

public sealed class RateLimiterTests
{
    private static readonly ResourceOrigin Policy = new("RateLimitPolicy", "shop", "web");
    private static readonly RateLimitBucketKey Key = new(Policy, "all", new NamespacedName("shop", "web"));
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Take_OfAFullBucket_GivesTheBurstAndThenNothing()
    {
        var limiter = new RateLimiter(_time);
        var rule = Rule(10, 60, burst: 3);
        Assert.Equal([(true, 2), (true, 1), (true, 0), (false, 0)], Enumerable.Range(0, 4).Select(_ => limiter.Take(rule, Key)).Select(v => (v.Allowed, v.Remaining)));
    }

    [Fact]
    public void Take_OfAnEmptyBucket_SaysWhenTheNextTokenComes()
    {
        var limiter = new RateLimiter(_time);
        var rule = Rule(10, 60, burst: 1);
        Assert.True(limiter.Take(rule, Key).Allowed);
        Assert.Equal(TimeSpan.FromSeconds(6), limiter.Take(rule, Key).Wait);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new RateLimitVerdict(false, 0, TimeSpan.FromSeconds(1)), limiter.Take(rule, Key));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limiter.Take(rule, Key).Allowed);
        Assert.False(limiter.Take(rule, Key).Allowed);
    }

    [Fact]
    public void Take_OverAPeriod_GivesAsManyAsTheRuleSays()
    {
        var limiter = new RateLimiter(_time);
        var rule = Rule(100, 10, burst: 1);
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            taken += limiter.Take(rule, Key).Allowed ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(100, taken);
    }

    [Fact]
    public void Take_OfDifferentValues_CountsThemApart()
    {
        var limiter = new RateLimiter(_time);
        var rule = Rule(1, 60, burst: 1);
        Assert.True(limiter.Take(rule, Key.With(0, "alice")).Allowed);
        Assert.True(limiter.Take(rule, Key.With(0, "bob")).Allowed);
        Assert.False(limiter.Take(rule, Key.With(0, "alice")).Allowed);
    }

    [Fact]
    public void Take_OfARuleThatWasChanged_WaitsNoLongerThanTheNewOneSays()
    {
        var limiter = new RateLimiter(_time);
        Assert.True(limiter.Take(Rule(1, 3600, burst: 1), Key).Allowed);
        Assert.Equal(TimeSpan.FromSeconds(1), limiter.Take(Rule(60, 60, burst: 1), Key).Wait);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limiter.Take(Rule(60, 60, burst: 1), Key).Allowed);
    }

    [Fact]
    public void Take_ByManyThreads_GivesEachTokenOnce()
    {
        var limiter = new RateLimiter(_time);
        var rule = Rule(1000, 3600, burst: 1000);
        var taken = 0;
        Parallel.For(0, 5000, _ =>
        {
            if (limiter.Take(rule, Key).Allowed)
            {
                Interlocked.Increment(ref taken);
            }
        });
        Assert.Equal(1000, taken);
        Assert.Equal(1, limiter.Count);
    }

    [Fact]
    public void Sweep_OfFullBuckets_ForgetsThemAlone()
    {
        var limiter = new RateLimiter(_time);
        limiter.Take(Rule(1, 60, burst: 1), Key.With(0, "slow"));
        limiter.Take(Rule(60, 60, burst: 1), Key.With(0, "fast"));
        _time.Advance(TimeSpan.FromSeconds(2));
        limiter.Sweep();
        Assert.Equal(1, limiter.Count);
        Assert.False(limiter.Take(Rule(1, 60, burst: 1), Key.With(0, "slow")).Allowed);
    }

    [Fact]
    public void Take_OfMoreValuesThanMayBeKept_SharesOneBucket()
    {
        var limiter = new RateLimiter(_time, maximumBuckets: 2);
        var rule = Rule(1, 60, burst: 1);
        Assert.True(limiter.Take(rule, Key.With(0, "a")).Allowed);
        Assert.True(limiter.Take(rule, Key.With(0, "b")).Allowed);
        Assert.True(limiter.Take(rule, Key.With(0, "c")).Allowed);
        Assert.False(limiter.Take(rule, Key.With(0, "d")).Allowed);
        Assert.Equal(3, limiter.Count);
    }

    private static RateLimitRule Rule(int requests, int seconds, int burst) =>
        new() { Origin = Policy, Name = "all", Requests = requests, Period = TimeSpan.FromSeconds(seconds), Burst = burst };
}
