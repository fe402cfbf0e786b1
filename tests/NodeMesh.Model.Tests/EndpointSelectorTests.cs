using System.Collections.Immutable;

namespace NodeMesh.Model.Tests;

public sealed class EndpointSelectorTests
{
    private static readonly Service Web = Sample.Service();
    private static readonly ClientPlacement Client = new("shop", "node-1", new Locality("r1", "z1", "s1"), "Kubernetes", "");

    /// <summary>What client and endpoint share, and the rank that follows.</summary>
    public static TheoryData<TrafficScope[], string, string, string, string, int> RankRows() => new()
    {
        { [TrafficScope.Network, TrafficScope.Region, TrafficScope.Zone], "r1", "z1", "s9", "node-9", 3 },
        { [TrafficScope.Network, TrafficScope.Region, TrafficScope.Zone], "r1", "z2", "s1", "node-1", 2 },
        { [TrafficScope.Network, TrafficScope.Region, TrafficScope.Zone], "r2", "z1", "s1", "node-1", 1 },
        { [TrafficScope.Region, TrafficScope.Zone, TrafficScope.Subzone, TrafficScope.Node], "r1", "z1", "s1", "node-1", 4 },
        { [TrafficScope.Region, TrafficScope.Zone, TrafficScope.Subzone, TrafficScope.Node], "r1", "z1", "s1", "node-2", 3 },
        { [TrafficScope.Node], "r2", "z2", "s2", "node-1", 1 },
        { [TrafficScope.Cluster], "r2", "z2", "s2", "node-2", 1 },
        { [(TrafficScope)99, TrafficScope.Node], "r1", "z1", "s1", "node-1", 0 },
        { [], "r1", "z1", "s1", "node-1", 0 },
    };

    [Theory]
    [MemberData(nameof(RankRows))]
    public void Rank_OfARow_CountsLeadingMatches(TrafficScope[] preferences, string region, string zone, string subzone, string node, int rank)
    {
        var endpoint = Sample.Pod("e", "10.244.1.2", node) with { Locality = new Locality(region, zone, subzone) };
        Assert.Equal(rank, EndpointSelector.Rank([.. preferences], Client, endpoint));
    }

    [Fact]
    public void Select_WithFailover_TakesTheBestRankThatIsThere()
    {
        var service = Preferring(LoadBalancingMode.Failover, TrafficScope.Node);
        ImmutableArray<Workload> both = [Endpoint("far", "node-2"), Endpoint("near", "node-1")];
        Assert.Equal(["near"], Chosen(service, both));
        Assert.Equal(["far"], Chosen(service, [both[0]]));
        Assert.Equal(["far"], Chosen(service, both, excluded: both[1].Uid));
        Assert.Equal(["far"], Chosen(service, [both[0], both[1] with { Health = WorkloadHealth.Unhealthy }]));
    }

    [Fact]
    public void Select_WithStrict_TakesNoneThatMissesAPreference()
    {
        var service = Preferring(LoadBalancingMode.Strict, TrafficScope.Node);
        Assert.Equal(["near"], Chosen(service, [Endpoint("far", "node-2"), Endpoint("near", "node-1")]));
        Assert.Empty(Chosen(service, [Endpoint("far", "node-2")]));
    }

    [Fact]
    public void Select_WithoutMode_IgnoresPreferences()
    {
        var service = Preferring(LoadBalancingMode.Unspecified, TrafficScope.Node);
        Assert.Equal(["far", "near"], Chosen(service, [Endpoint("far", "node-2"), Endpoint("near", "node-1")]));
    }

    [Fact]
    public void Select_OfEndpointsNotReady_OnlyWhereTheServiceAllowsIt()
    {
        ImmutableArray<Workload> endpoints = [Endpoint("a", "node-1") with { Health = WorkloadHealth.Unhealthy }];
        Assert.Empty(Chosen(Web, endpoints));
        Assert.Equal(["a"], Chosen(Web with { LoadBalancing = new LoadBalancing { AllowUnhealthy = true } }, endpoints));
    }

    [Fact]
    public void Select_OfTwo_TakesTheOneWithFewerConnections()
    {
        ImmutableArray<Workload> endpoints = [Endpoint("busy", "node-1"), Endpoint("idle", "node-1")];
        Assert.Equal(["idle"], Chosen(Web, endpoints, load: w => w.Name == "busy" ? 5 : 1));
    }

    [Fact]
    public void Select_OfTwo_WeighsConnectionsByCapacity()
    {
        ImmutableArray<Workload> endpoints = [Endpoint("small", "node-1"), Endpoint("large", "node-1") with { Capacity = 10 }];
        Assert.Equal(["large"], Chosen(Web, endpoints, load: w => w.Name == "large" ? 8 : 1));
    }

    [Fact]
    public void Select_OverManyConnections_SpreadsThemByCapacity()
    {
        ImmutableArray<Workload> endpoints = [Endpoint("a", "node-1"), Endpoint("b", "node-1"), Endpoint("c", "node-2") with { Capacity = 2 }];
        var open = endpoints.ToDictionary(e => e.Uid, _ => 0);
        var random = new Random(7);
        for (var i = 0; i < 4000; i++)
        {
            open[EndpointSelector.Select(Web, 80, endpoints, Client, w => open[w.Uid], null, random)!.Value.Workload.Uid]++;
        }

        Assert.InRange(open[endpoints[0].Uid], 980, 1020);
        Assert.InRange(open[endpoints[1].Uid], 980, 1020);
        Assert.InRange(open[endpoints[2].Uid], 1980, 2020);
    }

    /// <summary>Service target port, the workload's own, and the port that follows (0: none).</summary>
    public static TheoryData<int, int, int, int> PortRows() => new()
    {
        { 80, 8080, -1, 8080 },
        { 80, 8080, 9090, 9090 },
        { 80, 0, 9090, 9090 },
        { 80, 0, -1, 0 },
        { 80, 8080, 0, 8080 },
        { 81, 8080, -1, 0 },
    };

    [Theory]
    [MemberData(nameof(PortRows))]
    public void ResolvePort_OfARow_PrefersTheWorkloadsOwn(int dialled, int target, int own, int expected)
    {
        var service = Sample.Service(target: target);
        var workload = Sample.Pod("a", "10.244.1.2");
        workload = own < 0 ? workload.Behind(service.Key) : workload.Behind(service.Key, new ServicePort(80, own));
        Assert.Equal(expected == 0 ? null : expected, EndpointSelector.ResolvePort(service, workload, dialled));
    }

    [Fact]
    public void Select_OfAnEndpointWithoutTheNamedPort_PassesItOver()
    {
        var service = Sample.Service(target: 0);
        var with = Sample.Pod("with", "10.244.1.2").Behind(service.Key, new ServicePort(80, 9000));
        var without = Sample.Pod("without", "10.244.1.3").Behind(service.Key);
        Assert.Equal(["with"], Chosen(service, [with, without]));
    }

    private static Workload Endpoint(string name, string node) => Sample.Pod(name, "10.244.1.2", node).Behind(Web.Key, new ServicePort(80, 8080));

    private static Service Preferring(LoadBalancingMode mode, params TrafficScope[] scopes) =>
        Web with { LoadBalancing = new LoadBalancing { Mode = mode, Preferences = [.. scopes] } };

    private static string[] Chosen(Service service, ImmutableArray<Workload> endpoints, string? excluded = null, Func<Workload, int>? load = null)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 60)
            .Select(_ => EndpointSelector.Select(service, 80, endpoints, Client, load ?? (_ => 0), excluded is null ? null : new HashSet<string> { excluded }, random)?.Workload.Name)
            .OfType<string>()
            .Distinct()
            .Order()];
    }
}
