using NodeMesh.Control.RateLimits;
using NodeMesh.Testing;

namespace NodeMesh.Control.Tests.RateLimits;

public sealed class RateLimitCountsTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Lease_OfWhatIsNeeded_GivesItWhileThereIsSome()
    {
        var counts = new RateLimitCounts(_time);
        Assert.Equal(new RateLimitGrant(7, 3, TimeSpan.FromSeconds(42)), counts.Lease(Ask(needed: 7)));
        Assert.Equal(new RateLimitGrant(3, 0, TimeSpan.FromSeconds(6)), counts.Lease(Ask(needed: 5)));
        Assert.Equal(new RateLimitGrant(0, 0, TimeSpan.FromSeconds(6)), counts.Lease(Ask(needed: 1)));
        Assert.Equal((10, 2), (counts.Granted, counts.Refused));
    }

    [Fact]
    public void Lease_OfWhatIsExpected_GivesAQuarterOfTheRest()
    {
        var counts = new RateLimitCounts(_time);
        Assert.Equal(1 + 2, counts.Lease(Ask(needed: 1, ahead: 100)).Granted);
        Assert.Equal(1 + 1, counts.Lease(Ask(needed: 1, ahead: 100)).Granted);
        Assert.Equal(1 + 1, counts.Lease(Ask(needed: 1, ahead: 100)).Granted);
        Assert.Equal(1, counts.Lease(Ask(needed: 1, ahead: 100)).Granted);
        Assert.Equal(0, counts.Lease(Ask(ahead: 100)).Granted);
        Assert.Equal(2, counts.Lease(Ask(needed: 100)).Granted);
    }

    [Fact]
    public void Lease_AsTimePasses_GivesAsManyAsTheRuleSays()
    {
        var counts = new RateLimitCounts(_time);
        Assert.Equal(10, counts.Lease(Ask(needed: 100)).Granted);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new RateLimitGrant(0, 0, TimeSpan.FromSeconds(1)), counts.Lease(Ask(needed: 1)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, counts.Lease(Ask(needed: 3)).Granted);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(10, counts.Lease(Ask(needed: 100)).Granted);
    }

    [Fact]
    public void Lease_WithTokensReturned_GivesThemToOthersAndNoMore()
    {
        var counts = new RateLimitCounts(_time);
        Assert.Equal(10, counts.Lease(Ask(needed: 10)).Granted);
        Assert.Equal(4, counts.Lease(Ask(returned: 4)).Left);
        Assert.Equal(4, counts.Lease(Ask(needed: 10)).Granted);
        Assert.Equal(10, counts.Lease(Ask(returned: 10)).Left);
        Assert.Equal(10, counts.Lease(Ask(returned: 10)).Left);
    }

    [Fact]
    public void Lease_OfARuleThatWasChanged_LacksNoMoreThanTheNewOneHolds()
    {
        var counts = new RateLimitCounts(_time);
        Assert.Equal(10, counts.Lease(Ask(needed: 10) with { Period = TimeSpan.FromHours(24) }).Granted);
        Assert.Equal(new RateLimitGrant(0, 0, TimeSpan.FromSeconds(6)), counts.Lease(Ask(needed: 1)));
    }

    [Fact]
    public void Lease_ByManyThreads_GivesEachTokenOnce()
    {
        var counts = new RateLimitCounts(_time);
        var granted = 0;
        Parallel.For(0, 2000, _ => Interlocked.Add(ref granted, counts.Lease(Ask(needed: 2, ahead: 3) with { Burst = 1000 }).Granted));
        Assert.Equal(1000, granted);
        Assert.Equal(1, counts.Count);
    }

    [Fact]
    public void Lease_BeyondTheRoom_SaysSoUntilBucketsAreFullAgain()
    {
        var counts = new RateLimitCounts(_time, maximum: 2);
        Assert.True(counts.Lease(Ask(needed: 1) with { Key = 1 }).HasRoom);
        Assert.True(counts.Lease(Ask(needed: 10) with { Key = 2 }).HasRoom);
        Assert.Equal(new RateLimitGrant(0, 0, TimeSpan.Zero, HasRoom: false), counts.Lease(Ask(needed: 1) with { Key = 3 }));
        Assert.True(counts.Lease(Ask(needed: 1) with { Key = 1 }).HasRoom);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, counts.Lease(Ask(needed: 1) with { Key = 3 }).Granted);
        Assert.Equal(5, counts.Lease(Ask(needed: 10) with { Key = 2 }).Granted);
        Assert.Equal(2, counts.Count);
    }

    [Fact]
    public void Keeper_OfEachStart_IsAnother() => Assert.NotEqual(new RateLimitCounts(_time).Keeper, new RateLimitCounts(_time).Keeper);

    private static RateLimitAsk Ask(int needed = 0, int ahead = 0, int returned = 0) => new(7, 10, TimeSpan.FromMinutes(1), 10, needed, ahead, returned);
}
