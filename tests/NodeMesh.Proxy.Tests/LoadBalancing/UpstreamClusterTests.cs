using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;
using static NodeMesh.Proxy.Tests.LoadBalancing.TestCluster;

namespace NodeMesh.Proxy.Tests.LoadBalancing;

public sealed class UpstreamClusterTests
{
    private static readonly AttemptOutcome Failure = AttemptOutcome.Answered(503);

    [Fact]
    public void Update_WithTheSameEndpoints_KeepsWhatWasCounted()
    {
        var cluster = new TestCluster(TrafficSettings.Default, Endpoint("a"), Endpoint("b"));
        cluster.Find("a").Enter();
        cluster.Update(Endpoint("a") with { Capacity = 5 }, Endpoint("c"));
        Assert.Equal(1, cluster.Find("a").Active);
        Assert.Equal(5u, cluster.Find("a").Workload.Capacity);
        Assert.Equal("c", cluster.Choose(new EndpointQuery { Excluded = Uids("a") }));
        Assert.Null(cluster.Choose(new EndpointQuery { Excluded = Uids("a", "c") }));
    }

    [Fact]
    public void Subset_OfLabels_HasItsEndpointsAlone()
    {
        var cluster = new TestCluster(TrafficSettings.Default, "v1", Endpoint("a"), Endpoint("b", version: "v2"));
        Assert.Equal(["a"], cluster.Choose(20).Distinct());
    }

    [Fact]
    public void Subset_ThatThePolicyLacks_HasNoEndpoints() =>
        Assert.Null(new TestCluster(TrafficSettings.Default, "v9", Endpoint("a")).Choose());

    [Fact]
    public void Endpoints_NotReady_AreNone()
    {
        var cluster = new TestCluster(TrafficSettings.Default, Endpoint("a") with { Health = WorkloadHealth.Unhealthy }, Endpoint("b"));
        Assert.Equal(["b"], cluster.Choose(20).Distinct());
    }

    [Fact]
    public void Locality_WithFailover_GoesFurtherOnlyAsNearOnesFail()
    {
        var settings = Near() with { OutlierDetection = new OutlierDetection { MaxEjectionPercent = 100, Consecutive5xx = 1 } };
        var cluster = new TestCluster(settings, Endpoint("near1"), Endpoint("near2"), Endpoint("zone", place: "r1/z2"), Endpoint("far", place: "r2/z1"));
        Assert.Equal(["near1", "near2"], cluster.Choose(100).Distinct().Order());

        // Half of them bear 70 percent.
        cluster.Cluster.Report(cluster.Find("near1"), Failure);
        var names = cluster.Choose(1000);
        Assert.InRange(names.Count(n => n == "near2"), 640, 760);
        Assert.Equal(1000, names.Count(n => n is "near2" or "zone"));
        cluster.Cluster.Report(cluster.Find("near2"), Failure);
        Assert.Equal(["zone"], cluster.Choose(100).Distinct());
        cluster.Cluster.Report(cluster.Find("zone"), Failure);
        Assert.Equal(["far"], cluster.Choose(100).Distinct());
    }

    [Fact]
    public void Locality_WithOutlierDetectionAlone_PrefersNearOnes()
    {
        var cluster = new TestCluster(new TrafficSettings { OutlierDetection = new OutlierDetection() }, Endpoint("near"), Endpoint("far", place: "r2/z1"));
        Assert.Equal(["near"], cluster.Choose(50).Distinct());
    }

    [Fact]
    public void Locality_SwitchedOff_DoesNotMatter()
    {
        var settings = new TrafficSettings
        {
            LoadBalancer = new LoadBalancer { Locality = new LocalityBalancing { Enabled = false } },
            OutlierDetection = new OutlierDetection(),
        };
        Assert.Equal(["far", "near"], new TestCluster(settings, Endpoint("near"), Endpoint("far", place: "r2/z1")).Choose(50).Distinct().Order());
    }

    [Fact]
    public void Locality_WithShares_DividesByThem()
    {
        var distribution = new LocalityDistribution("r1/*", [new LocalityShare("r1/*", 20), new LocalityShare("r1/z1/*", 80)]);
        var settings = new TrafficSettings { LoadBalancer = new LoadBalancer { Locality = new LocalityBalancing { Distribute = [distribution] } } };
        var cluster = new TestCluster(settings, Endpoint("near"), Endpoint("zone1", place: "r1/z2"), Endpoint("zone2", place: "r1/z3"), Endpoint("far", place: "r2/z1"));
        var names = cluster.Choose(1000);
        Assert.InRange(names.Count(n => n == "near"), 750, 850);
        Assert.InRange(names.Count(n => n is "zone1" or "zone2"), 150, 250);
        Assert.DoesNotContain("far", names);
    }

    [Fact]
    public void Panic_BelowTheLeastHealth_TakesEjectedOnesToo()
    {
        var settings = new TrafficSettings { OutlierDetection = new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = 100, MinHealthPercent = 50 } };
        var cluster = new TestCluster(settings, Endpoint("a"), Endpoint("b"), Endpoint("c"));
        cluster.Cluster.Report(cluster.Find("a"), Failure);
        Assert.Equal(["b", "c"], cluster.Choose(100).Distinct().Order());
        cluster.Cluster.Report(cluster.Find("b"), Failure);
        Assert.Equal(["a", "b", "c"], cluster.Choose(200).Distinct().Order());
    }

    [Fact]
    public void Ejection_OfAll_LeavesNoEndpoint()
    {
        var settings = new TrafficSettings { OutlierDetection = new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = 100 } };
        var cluster = new TestCluster(settings, Endpoint("a"));
        cluster.Cluster.Report(cluster.Find("a"), Failure);
        Assert.Null(cluster.Choose());
    }

    private static TrafficSettings Near() => new() { LoadBalancer = new LoadBalancer { Locality = new LocalityBalancing() } };
}
