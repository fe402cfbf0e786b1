using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Grpc;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Proxy.Tests.DataPaths;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Resilience;

public sealed class MeshRateLimiterTests : IAsyncDisposable
{
    private static readonly ResourceOrigin Policy = new("RateLimitPolicy", "shop", "web");
    private static readonly RateLimitBucketKey Key = new(Policy, "all", new NamespacedName("shop", "web"));

    private readonly ManualTimeProvider _time = new();
    private readonly TestKeeper _keeper = new();
    private readonly List<MeshRateLimiter> _limiters = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var limiter in _limiters)
        {
            await limiter.StopAsync(CancellationToken.None);
            limiter.Dispose();
        }
    }

    [Fact]
    public async Task Take_ForTheFirstTime_AsksTheKeeperForOne()
    {
        var limiter = await StartAsync();
        Assert.Equal("unused", limiter.State);

        Assert.Equal((true, 9), await TakeAsync(limiter, Rule(10)));

        var ask = Assert.Single(Assert.Single(_keeper.Requests).Asks);
        Assert.Equal((1u, 0u, 10u), (ask.Needed, ask.Ahead, ask.Burst));
        Assert.Equal("shared", limiter.State);
    }

    [Fact]
    public async Task Take_OfABusyKey_WaitsForNobody()
    {
        var limiter = await StartAsync();
        await TakeAsync(limiter, Rule(1000));
        await TakeAsync(limiter, Rule(1000));

        // The second asked for some ahead.
        Assert.Null(limiter.Take(Rule(1000), Key, out var third));
        Assert.True(third.Allowed);
        Assert.InRange(_keeper.Requests.Last().Asks[0].Ahead, 2u, 100u);
    }

    [Fact]
    public async Task Take_OfABusyKey_GetsMoreAndMoreAtATime()
    {
        var limiter = await StartAsync();
        for (var i = 0; i < 2000; i++)
        {
            Assert.True((await TakeAsync(limiter, Rule(1_000_000))).Allowed);
        }

        // Without time passing it doubles at least with every second call, so these are few.
        Assert.InRange(limiter.Calls, 2, 40);
    }

    [Fact]
    public async Task Take_OfAnEmptyBucket_IsRefusedWithoutAskingEachTime()
    {
        var limiter = await StartAsync();
        Assert.True((await TakeAsync(limiter, Rule(1))).Allowed);
        Assert.False((await TakeAsync(limiter, Rule(1))).Allowed);
        Assert.Null(limiter.Take(Rule(1), Key, out var refused));
        Assert.Equal(new RateLimitVerdict(false, 0, TimeSpan.FromMinutes(1)), refused);
        Assert.Equal(2, limiter.Calls);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await TakeAsync(limiter, Rule(1))).Allowed);
        Assert.Equal(3, limiter.Calls);
    }

    [Fact]
    public async Task Take_OnSeveralNodesAtOnce_GivesNoMoreThanThereIsAndAllOfItInTheEnd()
    {
        MeshRateLimiter[] nodes = [await StartAsync(), await StartAsync(), await StartAsync()];
        var taken = (await Task.WhenAll(Enumerable.Range(0, 90).Select(i => TakeAsync(nodes[i % 3], Rule(40))))).Count(v => v.Allowed);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (taken < 40)
        {
            // What one node holds comes back after a while, and the others get it.
            Assert.False(limit.IsCancellationRequested, $"{taken} of 40 were taken");
            _time.Advance(TimeSpan.FromSeconds(2));
            foreach (var node in nodes)
            {
                node.Sweep();
                taken += (await TakeAsync(node, Rule(40))).Allowed ? 1 : 0;
            }
        }

        Assert.Equal(40, taken);
        Assert.All(await Task.WhenAll(nodes.Select(n => TakeAsync(n, Rule(40)))), v => Assert.False(v.Allowed));
    }

    [Fact]
    public async Task Take_WhileTheKeeperIsAway_IsDecidedByTheNodeAlone()
    {
        var limiter = await StartAsync();
        _keeper.Error = new GrpcException(GrpcStatusCode.Unavailable, "gone");

        Assert.True((await TakeAsync(limiter, Rule(2))).Allowed);
        Assert.Equal("local: Unavailable: gone", limiter.State);
        Assert.Null(limiter.Take(Rule(2), Key, out var second));
        Assert.True(second.Allowed);
        Assert.Null(limiter.Take(Rule(2), Key, out var third));
        Assert.False(third.Allowed);
        Assert.Equal(1, limiter.Calls);
        await Eventually.TrueAsync(() => limiter.DecidedAlone == 3, "not all are counted");
    }

    [Fact]
    public async Task Take_AfterTheKeeperCameBack_IsSharedAgain()
    {
        var limiter = await StartAsync();
        _keeper.Error = new IOException("tokenFile: not found");
        await TakeAsync(limiter, Rule(2));
        _keeper.Error = null;

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                limiter.Sweep();
                return limiter.State == "shared";
            },
            "it does not look for the keeper");
        Assert.Empty(_keeper.Requests.Last().Asks);
        Assert.Equal((true, 1), await TakeAsync(limiter, Rule(2)));
        Assert.Equal(1, _keeper.Taken);
    }

    [Fact]
    public async Task Take_AfterAnOutage_FindsTheOwnBucketAsTheSharedOneWasUsed()
    {
        var limiter = await StartAsync();
        Assert.True((await TakeAsync(limiter, Rule(3))).Allowed);
        Assert.True((await TakeAsync(limiter, Rule(3))).Allowed);
        _keeper.Error = new GrpcException(GrpcStatusCode.DeadlineExceeded, "slow");
        await TakeAsync(limiter, Rule(1), Key.With(0, "another"));

        Assert.True((await TakeAsync(limiter, Rule(3))).Allowed);
        Assert.False((await TakeAsync(limiter, Rule(3))).Allowed);
    }

    [Fact]
    public async Task Take_AfterTheKeeperWasReplaced_DropsWhatTheOldOneGave()
    {
        var limiter = await StartAsync();
        await TakeAsync(limiter, Rule(100));
        await TakeAsync(limiter, Rule(100));
        Assert.True(_keeper.Taken > 2);

        _keeper.Restart();
        await TakeAsync(limiter, Rule(1), Key.With(0, "another"));

        Assert.True((await TakeAsync(limiter, Rule(100))).Allowed);
        var ask = Assert.Single(_keeper.Requests.Last().Asks);
        Assert.Equal((1u, 0u, 2ul), (ask.Needed, ask.Returned, _keeper.Requests.Last().Keeper));
    }

    [Fact]
    public async Task Sweep_OfTokensThatNobodyUses_GivesThemBack()
    {
        var limiter = await StartAsync();
        await TakeAsync(limiter, Rule(100));
        await TakeAsync(limiter, Rule(100));
        Assert.True(_keeper.Taken > 2);

        _time.Advance(SharedBucket.Hold);
        limiter.Sweep();

        await Eventually.TrueAsync(() => _keeper.Taken == 2, "they are still held");
    }

    [Fact]
    public async Task Sweep_OfABucketThatIsLikeNew_ForgetsIt()
    {
        var limiter = await StartAsync();
        await TakeAsync(limiter, Rule(1));
        limiter.Sweep();
        Assert.Equal(1, limiter.Count);

        _time.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(
            () =>
            {
                limiter.Sweep();
                return limiter.Count == 0;
            },
            "it is still there");
    }

    [Fact]
    public async Task Take_WhereTheKeeperHasNoRoom_IsDecidedAloneForThatBucket()
    {
        var limiter = await StartAsync();
        _keeper.IsFull = true;
        Assert.True((await TakeAsync(limiter, Rule(1))).Allowed);
        _keeper.IsFull = false;

        Assert.Null(limiter.Take(Rule(1), Key, out var second));
        Assert.False(second.Allowed);
        Assert.Equal("shared", limiter.State);
        Assert.True((await TakeAsync(limiter, Rule(1), Key.With(0, "another"))).Allowed);
        Assert.Equal(1, _keeper.Taken);
        await Eventually.TrueAsync(() => limiter.DecidedAlone == 2, "not all are counted");
    }

    [Fact]
    public async Task Take_ByAClientThatWent_UsesNoToken()
    {
        var limiter = await StartAsync();
        var gate = new TaskCompletionSource();
        _keeper.Gate = gate.Task;
        var gone = limiter.Take(Rule(10), Key, out _);
        Assert.NotNull(gone);
        await Eventually.TrueAsync(() => _keeper.Requests.Count == 1, "nobody asks");
        gone.TrySetCanceled(TestContext.Current.CancellationToken);
        gate.SetResult();

        Assert.True((await TakeAsync(limiter, Rule(10))).Allowed);
        Assert.Equal(1, _keeper.Taken);
    }

    [Fact]
    public async Task Take_OfMoreValuesThanMayBeKept_SharesOneBucket()
    {
        var limiter = await StartAsync(maximumBuckets: 1);
        Assert.True((await TakeAsync(limiter, Rule(1), Key.With(0, "a"))).Allowed);
        Assert.True((await TakeAsync(limiter, Rule(1), Key.With(0, "b"))).Allowed);
        Assert.False((await TakeAsync(limiter, Rule(1), Key.With(0, "c"))).Allowed);
        Assert.Equal(2, limiter.Count);
    }

    [Fact]
    public async Task Take_OfKeysThatLookAlike_CountsThemApart()
    {
        var limiter = await StartAsync();
        RateLimitBucketKey[] keys = [Key, Key.With(0, ""), Key.With(0, "ab").With(1, "c"), Key.With(0, "a").With(1, "bc"), Key.With(1, "ab")];
        foreach (var key in keys)
        {
            Assert.True((await TakeAsync(limiter, Rule(1), key)).Allowed);
        }

        Assert.Equal(keys.Length, _keeper.Taken);
    }

    [Fact]
    public async Task Stop_WhileRequestsWait_LetsTheNodeDecide()
    {
        var limiter = await StartAsync();
        _keeper.Gate = new TaskCompletionSource().Task;
        var waiter = limiter.Take(Rule(1), Key, out _);
        await limiter.StopAsync(CancellationToken.None);
        Assert.NotNull(waiter);
        Assert.True((await Eventually.WithinAsync(waiter.Task)).Allowed);
        Assert.False((await TakeAsync(limiter, Rule(1))).Allowed);
    }

    private static RateLimitRule Rule(int tokens) =>
        new() { Origin = Policy, Name = "all", Requests = tokens, Period = TimeSpan.FromMinutes(30), Burst = tokens, Scope = RateLimitScope.Mesh };

    private static async Task<(bool Allowed, int Remaining)> TakeAsync(MeshRateLimiter limiter, RateLimitRule rule, RateLimitBucketKey? key = null)
    {
        var waiter = limiter.Take(rule, key ?? Key, out var verdict);
        verdict = waiter is null ? verdict : await Eventually.WithinAsync(waiter.Task);
        return (verdict.Allowed, verdict.Remaining);
    }

    private async Task<MeshRateLimiter> StartAsync(int maximumBuckets = 100)
    {
        var limiter = new MeshRateLimiter(_keeper, _time, NullLogger<MeshRateLimiter>.Instance, maximumBuckets);
        _limiters.Add(limiter);
        await limiter.StartAsync(CancellationToken.None);
        return limiter;
    }
}
