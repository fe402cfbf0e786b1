using NodeMesh.Model.Resilience;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Tests.LoadBalancing;
using static NodeMesh.Proxy.Tests.LoadBalancing.TestCluster;

namespace NodeMesh.Proxy.Tests.Resilience;

public sealed class SuccessRateTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly SuccessRateEjection Usual = new() { RequestVolume = 10, StdevFactor = 1500 };

    [Fact]
    public void Interval_WithOneFarBelowTheOthers_EjectsItAlone()
    {
        var cluster = Make(Usual);
        Report(cluster, good: 18, bad: 2, "a", "b", "c", "d");
        Report(cluster, good: 10, bad: 10, "e");
        cluster.Cluster.Sweep();
        Assert.Empty(cluster.Ejections);

        cluster.Time.Advance(Interval);
        cluster.Cluster.Sweep();

        Assert.Equal([("e", true)], cluster.Ejections);
        Assert.DoesNotContain("e", cluster.Choose(100));
    }

    [Fact]
    public void Interval_InWhichAllFailAlike_EjectsNone()
    {
        var cluster = Make(Usual);
        Report(cluster, good: 5, bad: 15, Names);
        EndInterval(cluster);
        Assert.Empty(cluster.Ejections);
    }

    [Fact]
    public void Endpoint_WithTooFewRequests_IsNotCompared()
    {
        var cluster = Make(Usual with { MinimumHosts = 4 });
        Report(cluster, good: 20, bad: 0, "a", "b", "c", "d");
        Report(cluster, good: 0, bad: 9, "e");
        EndInterval(cluster);
        Assert.Empty(cluster.Ejections);
    }

    [Fact]
    public void Interval_WithTooFewEndpointsToCompare_EjectsNone()
    {
        var cluster = Make(Usual);
        Report(cluster, good: 20, bad: 0, "a", "b", "c");
        Report(cluster, good: 0, bad: 20, "e");
        EndInterval(cluster);
        Assert.Empty(cluster.Ejections);
    }

    [Fact]
    public void Interval_ThatBegins_CountsAnew()
    {
        var cluster = Make(Usual);
        Report(cluster, good: 5, bad: 5, "e");
        EndInterval(cluster);
        Report(cluster, good: 20, bad: 0, Names);
        EndInterval(cluster);
        Assert.Empty(cluster.Ejections);
    }

    [Fact]
    public void FailedConnections_AreNoGoodAnswers()
    {
        var cluster = Make(Usual);
        Report(cluster, good: 20, bad: 0, "a", "b", "c", "d");
        for (var i = 0; i < 20; i++)
        {
            cluster.Cluster.Report(cluster.Find("e"), AttemptOutcome.Failed(i % 2 == 0 ? AttemptFailure.Connect : AttemptFailure.Timeout));
        }

        EndInterval(cluster);
        Assert.Equal([("e", true)], cluster.Ejections);
    }

    [Fact]
    public void Ejected_AfterItsTime_ReturnsAndStaysLongerTheNextTime()
    {
        var cluster = Make(Usual with { BaseEjectionTime = TimeSpan.FromSeconds(20) });
        foreach (var seconds in new[] { 20, 40 })
        {
            Report(cluster, good: 20, bad: 0, "a", "b", "c", "d");
            Report(cluster, good: 0, bad: 20, "e");
            EndInterval(cluster);
            Assert.True(cluster.Find("e").IsEjected);
            cluster.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
            cluster.Cluster.Sweep();
            Assert.True(cluster.Find("e").IsEjected, $"back before {seconds} s");
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            cluster.Cluster.Sweep();
            Assert.False(cluster.Find("e").IsEjected, $"not back after {seconds} s");
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(20, 1)]
    [InlineData(40, 2)]
    public void Ejection_OfSeveral_GoesAsFarAsItMay(int percent, int ejected)
    {
        var cluster = Make(Usual with { StdevFactor = 500, MaxEjectionPercent = percent });
        Report(cluster, good: 20, bad: 0, "a", "b", "c");
        Report(cluster, good: 0, bad: 20, "d", "e");
        EndInterval(cluster);
        Assert.Equal(ejected, cluster.Ejections.Count);
    }

    [Fact]
    public void ErrorsInARow_BesideIt_EjectAtOnce()
    {
        var cluster = new TestCluster(
            new TrafficSettings { OutlierDetection = new OutlierDetection { Consecutive5xx = 3 }, Resilience = new ResilienceSettings { SuccessRate = Usual } },
            [.. Names.Select(n => Endpoint(n))]);
        Report(cluster, good: 0, bad: 3, "a");
        Assert.Equal([("a", true)], cluster.Ejections);
    }

    [Fact]
    public void PanicPercent_OfThePolicy_GoesBeforeThatOfOutlierDetection()
    {
        var cluster = new TestCluster(
            new TrafficSettings
            {
                OutlierDetection = new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = 100, MinHealthPercent = 0 },
                Resilience = new ResilienceSettings { PanicPercent = 60 },
            },
            Endpoint("a"),
            Endpoint("b"));
        Report(cluster, good: 0, bad: 1, "a");
        Assert.Equal(["a", "b"], cluster.Choose(100).Distinct().Order());
    }

    private static TestCluster Make(SuccessRateEjection settings) =>
        new(new TrafficSettings { Resilience = new ResilienceSettings { SuccessRate = settings } }, [.. Names.Select(n => Endpoint(n))]);

    private static void EndInterval(TestCluster cluster)
    {
        cluster.Time.Advance(Interval);
        cluster.Cluster.Sweep();
    }

    private static void Report(TestCluster cluster, int good, int bad, params string[] names)
    {
        foreach (var name in names)
        {
            for (var i = 0; i < good + bad; i++)
            {
                cluster.Cluster.Report(cluster.Find(name), AttemptOutcome.Answered(i < good ? 200 : 503));
            }
        }
    }
}
