using NodeMesh.Model;
using NodeMesh.Model.Balancing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;
using static NodeMesh.Proxy.Tests.LoadBalancing.TestCluster;

namespace NodeMesh.Proxy.Tests.LoadBalancing;

public sealed class BalancerTests
{
    public static TheoryData<LoadBalancerKind> Kinds() => [.. Enum.GetValues<LoadBalancerKind>()];

    [Fact]
    public void RoundRobin_OfEqualEndpoints_VisitsThemInTurns()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.RoundRobin), Endpoint("a"), Endpoint("b"), Endpoint("c"));
        var names = cluster.Choose(9);
        Assert.All(names.Chunk(3), turn => Assert.Equal(["a", "b", "c"], turn.Order()));
    }

    [Fact]
    public void RoundRobin_OfWeights_VisitsByWeight()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.RoundRobin), Endpoint("a", 3), Endpoint("b"));
        var names = cluster.Choose(40);
        Assert.Equal(30, names.Count(n => n == "a"));
    }

    [Fact]
    public void RoundRobin_WithAnEjectedEndpoint_GoesOnToTheNext()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.RoundRobin), Endpoint("a"), Endpoint("b"), Endpoint("c"));
        cluster.Find("b").IsEjected = true;
        Assert.Equal(["a", "c"], cluster.Choose(10).Distinct().Order());
    }

    [Fact]
    public void LeastRequest_OfTwo_TakesTheIdleOne()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.LeastRequest), Endpoint("a"), Endpoint("b"));
        cluster.Find("a").Enter();
        Assert.All(cluster.Choose(20), n => Assert.Equal("b", n));
        cluster.Find("b").Enter();
        cluster.Find("b").Enter();
        Assert.All(cluster.Choose(20), n => Assert.Equal("a", n));
    }

    [Fact]
    public void LeastRequest_OfWeights_ComparesWhatIsUnderWayForTheWeight()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.LeastRequest), Endpoint("large", 10), Endpoint("small"));
        for (var i = 0; i < 5; i++)
        {
            cluster.Find("large").Enter();
        }

        Assert.All(cluster.Choose(20), n => Assert.Equal("large", n));
    }

    [Fact]
    public void LeastRequest_OfMany_LeavesTheBusiestOut()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.LeastRequest), [.. Enumerable.Range(0, 10).Select(i => Endpoint($"e{i}"))]);
        cluster.Find("e4").Enter();
        var names = cluster.Choose(500);
        Assert.Equal(9, names.Distinct().Count());
        Assert.DoesNotContain("e4", names);
    }

    [Fact]
    public void Random_OfWeights_SharesByWeight()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.Random), Endpoint("a", 3), Endpoint("b"));
        Assert.InRange(cluster.Choose(2000).Count(n => n == "a"), 1400, 1600);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hash_OfAKey_StaysWithItsEndpoint(bool maglev)
    {
        var cluster = new TestCluster(Hashing(maglev), [.. Enumerable.Range(0, 8).Select(i => Endpoint($"e{i}"))]);
        var owners = Keys().ToDictionary(k => k, k => cluster.Choose(Query(k)));
        Assert.Equal(8, owners.Values.Distinct().Count());
        Assert.All(Keys(), k => Assert.Equal(owners[k], cluster.Choose(Query(k))));

        // The keys of an ejected endpoint go elsewhere, and come back with it.
        var gone = cluster.Find("e3");
        gone.IsEjected = true;
        Assert.All(Keys(), k => Assert.True(owners[k] == "e3" ? cluster.Choose(Query(k)) != "e3" : cluster.Choose(Query(k)) == owners[k]));
        gone.IsEjected = false;
        Assert.All(Keys(), k => Assert.Equal(owners[k], cluster.Choose(Query(k))));
    }

    [Fact]
    public void Hash_WithoutAKey_TakesAnyEndpoint()
    {
        var cluster = new TestCluster(Hashing(false), Endpoint("a"), Endpoint("b"));
        Assert.Equal(["a", "b"], cluster.Choose(50).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Choose_WithExcludedEndpoints_TakesAnother(LoadBalancerKind kind)
    {
        var cluster = new TestCluster(With(kind, new ConsistentHash { On = HashKeyKind.SourceIp }), Endpoint("a"), Endpoint("b"), Endpoint("c"));
        for (var i = 0UL; i < 20; i++)
        {
            Assert.Equal("b", cluster.Choose(new EndpointQuery { Hash = StableHash.Mix(i), Excluded = Uids("a", "c") }));
        }

        Assert.Null(cluster.Choose(new EndpointQuery { Excluded = Uids("a", "b", "c") }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Choose_OfNothing_FindsNothing(LoadBalancerKind kind) => Assert.Null(new TestCluster(With(kind)).Choose());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Choose_OnceItIsWarm_AllocatesNothing(LoadBalancerKind kind)
    {
        var cluster = new TestCluster(With(kind, new ConsistentHash { On = HashKeyKind.SourceIp }), Endpoint("a", 2), Endpoint("b"), Endpoint("c", 3)).Cluster;
        var query = new EndpointQuery { Hash = 42 };
        Assert.NotNull(cluster.Choose(query));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            cluster.Choose(query);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Choose_ForARetryThatLeavesItsLocality_TakesTheNextUntilAllWereTried()
    {
        var settings = new TrafficSettings { LoadBalancer = new LoadBalancer { Locality = new LocalityBalancing() } };
        var cluster = new TestCluster(settings, Endpoint("near"), Endpoint("close", place: "r1/z2"), Endpoint("far", place: "r2/z1"));
        Assert.Equal("near", cluster.Choose());
        Assert.Equal("close", cluster.Choose(new EndpointQuery { Left = [cluster.Find("near")] }));
        Assert.Equal("far", cluster.Choose(new EndpointQuery { Left = [cluster.Find("near"), cluster.Find("close")] }));
        Assert.Equal("near", cluster.Choose(new EndpointQuery { Left = [cluster.Find("near"), cluster.Find("close"), cluster.Find("far")] }));
    }

    [Fact]
    public void Choose_OfAPinnedEndpoint_TakesItWhileItIsUsable()
    {
        var cluster = new TestCluster(With(LoadBalancerKind.RoundRobin), Endpoint("a"), Endpoint("b"));
        var pinned = new EndpointQuery { Pinned = cluster.Find("b").Key };
        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal("b", cluster.Choose(pinned)));
        cluster.Find("b").IsEjected = true;
        Assert.Equal("a", cluster.Choose(pinned));
    }

    [Theory]
    [InlineData(LoadBalancerKind.RoundRobin)]
    [InlineData(LoadBalancerKind.Random)]
    [InlineData(LoadBalancerKind.LeastRequest)]
    public void WarmUp_OfANewEndpoint_GivesItLittleAtFirst(LoadBalancerKind kind)
    {
        var settings = new TrafficSettings { LoadBalancer = new LoadBalancer { Kind = kind, SlowStart = new SlowStart(TimeSpan.FromSeconds(60)) } };
        Workload[] old = [Endpoint("a"), Endpoint("b"), Endpoint("c")];
        var cluster = new TestCluster(settings, old);
        cluster.Update([.. old, Endpoint("new")]);
        Count(out var first);
        cluster.Time.Advance(TimeSpan.FromSeconds(61));
        Count(out var later);
        Assert.InRange(first, 0, 120);
        Assert.InRange(later, 200, 300);

        // With something under way everywhere, so that least request compares shares.
        void Count(out int times)
        {
            foreach (var name in new[] { "a", "b", "c", "new" })
            {
                cluster.Find(name).Enter();
            }

            times = cluster.Choose(1000).Count(n => n == "new");
        }
    }

    private static TrafficSettings Hashing(bool maglev) => With(LoadBalancerKind.ConsistentHash, new ConsistentHash { On = HashKeyKind.Header, Key = "x-user", Maglev = maglev });

    private static IEnumerable<string> Keys() => Enumerable.Range(0, 200).Select(i => $"user-{i}");

    private static EndpointQuery Query(string key) => new() { Hash = StableHash.Of(key) };
}
