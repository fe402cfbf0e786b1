using NodeMesh.Model.Resilience;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Tests.LoadBalancing;
using static NodeMesh.Proxy.Tests.LoadBalancing.TestCluster;

namespace NodeMesh.Proxy.Tests.Resilience;

public sealed class OutlierDetectorTests
{
    private static readonly TimeSpan Base = TimeSpan.FromSeconds(30);

    [Fact]
    public void Report_OfErrorsInARow_EjectsAtTheLimit()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 3 });
        Report(cluster, "a", 500, 500);
        Assert.False(cluster.Find("a").IsEjected);
        Report(cluster, "a", 500);
        Assert.Equal([("a", true)], cluster.Ejections);
        Assert.DoesNotContain("a", cluster.Choose(100));
    }

    [Fact]
    public void Report_OfASuccessBetween_BeginsAnew()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 3 });
        Report(cluster, "a", 500, 500, 404, 500, 500, 200, 500, 500);
        Assert.Empty(cluster.Ejections);
    }

    [Fact]
    public void Report_OfGatewayErrors_CountsThoseAlone()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 0, ConsecutiveGatewayErrors = 2 });
        Report(cluster, "a", 500, 500, 500, 502, 500, 503);
        Assert.Empty(cluster.Ejections);
        Report(cluster, "a", 504);
        Assert.Equal([("a", true)], cluster.Ejections);
    }

    [Fact]
    public void Report_OfFailedConnections_CountsThemAsErrors()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 2 });
        Fail(cluster, "a", AttemptFailure.Connect, AttemptFailure.Timeout);
        Assert.Equal([("a", true)], cluster.Ejections);
    }

    [Fact]
    public void Report_OfFailedConnectionsSplitOff_CountsThemApart()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 2, SplitLocalOriginErrors = true, ConsecutiveLocalOriginFailures = 3 });
        Fail(cluster, "a", AttemptFailure.Connect, AttemptFailure.Reset);
        Report(cluster, "a", 500);
        Fail(cluster, "a", AttemptFailure.Connect, AttemptFailure.Connect);
        Assert.Empty(cluster.Ejections);
        Fail(cluster, "a", AttemptFailure.Connect);
        Assert.Equal([("a", true)], cluster.Ejections);
    }

    [Fact]
    public void Report_OfAnOverflow_IsNotTheEndpointsFault()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 1 });
        Fail(cluster, "a", AttemptFailure.Overflow, AttemptFailure.Overflow);
        Assert.Empty(cluster.Ejections);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 1)]
    [InlineData(25, 1)]
    [InlineData(26, 2)]
    [InlineData(50, 2)]
    [InlineData(100, 4)]
    public void Report_OfManyFailing_EjectsNoMoreThanMay(int percent, int ejected)
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = percent });
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            Report(cluster, name, 500);
        }

        Assert.Equal(ejected, cluster.Ejections.Count);
    }

    [Fact]
    public void Sweep_AfterItsTime_LetsAnEndpointReturn()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 1 });
        Report(cluster, "a", 500);
        cluster.Time.Advance(Base - TimeSpan.FromSeconds(1));
        cluster.Cluster.Sweep();
        Assert.DoesNotContain("a", cluster.Choose(100));
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        cluster.Cluster.Sweep();
        Assert.Contains("a", cluster.Choose(100));
        Assert.Equal([("a", true), ("a", false)], cluster.Ejections);
    }

    [Fact]
    public void Ejection_ThatFollows_LastsTwiceAsLongUpToALimit()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 1 });
        foreach (var seconds in new[] { 30, 60, 120, 240, 300, 300 })
        {
            Report(cluster, "a", 500);
            cluster.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
            cluster.Cluster.Sweep();
            Assert.True(cluster.Find("a").IsEjected, $"back before {seconds} s");
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            cluster.Cluster.Sweep();
            Assert.False(cluster.Find("a").IsEjected, $"not back after {seconds} s");
        }
    }

    [Fact]
    public void Sweep_AfterGoodIntervals_Forgives()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 1 });
        Report(cluster, "a", 500);
        cluster.Time.Advance(Base);
        cluster.Cluster.Sweep();
        cluster.Time.Advance(TimeSpan.FromSeconds(10));
        cluster.Cluster.Sweep();
        Assert.Equal(0, cluster.Find("a").Record.Ejections);
        Report(cluster, "a", 500);
        Assert.Equal(Base, cluster.Find("a").Record.EjectedFor);
    }

    [Fact]
    public void Update_ToNoDetection_LetsAllReturn()
    {
        var cluster = Make(new OutlierDetection { Consecutive5xx = 1 });
        Report(cluster, "a", 500);
        cluster.Update(TrafficSettings.Default, Endpoint("a"), Endpoint("b"));
        Assert.Contains("a", cluster.Choose(100));
    }

    private static TestCluster Make(OutlierDetection settings) =>
        new(new TrafficSettings { OutlierDetection = settings }, Endpoint("a"), Endpoint("b"), Endpoint("c"), Endpoint("d"));

    private static void Report(TestCluster cluster, string name, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            cluster.Cluster.Report(cluster.Find(name), AttemptOutcome.Answered(status));
        }
    }

    private static void Fail(TestCluster cluster, string name, params AttemptFailure[] failures)
    {
        foreach (var failure in failures)
        {
            cluster.Cluster.Report(cluster.Find(name), AttemptOutcome.Failed(failure));
        }
    }
}
