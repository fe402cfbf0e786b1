using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Results;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Tests;

public class RatiosTests
{
    private const string Rps = MetricNames.RequestsPerSecond + "32";

    [Fact]
    public void Of_SeveralRounds_DividesMedians()
    {
        var results = new ResultSet();
        Add(results, RowNames.HaproxyTls, Rps, 100, 900, 110);
        Add(results, RowNames.NodeMeshTwoNodes, Rps, 220, 10, 230);

        Assert.Equal(2.0, Value(results, "two_nodes_rps_vs_haproxy_mtls")!.Value, 6);
    }

    [Fact]
    public void Of_BothPeers_TakesTheBetter()
    {
        var results = new ResultSet();
        Add(results, RowNames.Haproxy, Rps, 100);
        Add(results, RowNames.Nginx, Rps, 200);
        Add(results, RowNames.NodeMesh, Rps, 100);

        Assert.Equal(0.5, Value(results, "same_node_rps_vs_best_peer")!.Value, 6);
    }

    [Fact]
    public void Of_APeerThatWasNotMeasured_HasNoRatio()
    {
        var results = new ResultSet();
        Add(results, RowNames.Haproxy, Rps, 100);
        Add(results, RowNames.NodeMesh, Rps, 100);

        Assert.Null(Value(results, "same_node_rps_vs_best_peer"));
        Assert.Null(Value(results, "same_node_kernel_rps_vs_direct"));
    }

    [Fact]
    public void Of_CpuPerGib_TakesTheCostWithoutProxyOff()
    {
        var results = new ResultSet();
        Add(results, RowNames.Direct, MetricNames.MachineSecondsPerGib, 1.0, 3.0);
        Add(results, RowNames.Haproxy, MetricNames.MachineSecondsPerGib, 2.0, 4.0);
        Add(results, RowNames.NodeMesh, MetricNames.MachineSecondsPerGib, 1.5, 3.5);

        Assert.Equal(0.5, Value(results, "same_node_cpu_per_gib_vs_haproxy")!.Value, 6);
    }

    [Fact]
    public void Of_Requests_AreComparedWithTheBetterPeerForEachFigure()
    {
        var results = new ResultSet();
        Add(results, RowNames.HaproxyRequests, Rps, 100);
        Add(results, RowNames.NginxRequests, Rps, 200);
        Add(results, RowNames.NodeMeshRequests, Rps, 150);
        Add(results, RowNames.HaproxyRequests, MetricNames.ProxyMicrosecondsPerRequest, 20);
        Add(results, RowNames.NginxRequests, MetricNames.ProxyMicrosecondsPerRequest, 30);
        Add(results, RowNames.NodeMeshRequests, MetricNames.ProxyMicrosecondsPerRequest, 25);
        Add(results, RowNames.Direct, MetricNames.HalfLoadP99, 100);
        Add(results, RowNames.NodeMeshRequests, MetricNames.HalfLoadP99, 600);

        Assert.Equal(0.75, Value(results, "l7_h1_rps_vs_best_peer")!.Value, 6);
        Assert.Equal(1.25, Value(results, "l7_cpu_per_request_vs_best_peer")!.Value, 6);
        Assert.Equal(0.5, Value(results, "l7_added_p99_ms")!.Value, 6);
        Assert.Null(Value(results, "l7_h2_rps_vs_best_peer"));
        Assert.Null(Value(results, "l7_two_nodes_h1_rps_vs_best_peer"));
    }

    [Fact]
    public void Median_ARoundWithoutBaseline_IsLeftOutOfTheDifference()
    {
        var results = new ResultSet();
        results.Add(RowNames.Direct, 2, new Measurement(MetricNames.LatencyP99, 10));
        results.Add(RowNames.Nginx, 1, new Measurement(MetricNames.LatencyP99, 1000));
        results.Add(RowNames.Nginx, 2, new Measurement(MetricNames.LatencyP99, 15));

        Assert.Equal(5, results.Median(RowNames.Nginx, MetricNames.Added + MetricNames.LatencyP99));
    }

    [Theory]
    [InlineData(true, 2.0, true)]
    [InlineData(true, 0.9, false)]
    [InlineData(false, 0.9, true)]
    [InlineData(false, 2.0, false)]
    public void IsMet_LooksInTheRightDirection(bool atLeast, double value, bool met) =>
        Assert.Equal(met, new Ratio("r", value, 1, atLeast).IsMet);

    private static double? Value(ResultSet results, string name) => Ratios.Of(results).Single(ratio => ratio.Name == name).Value;

    private static void Add(ResultSet results, string row, string metric, params double[] samples)
    {
        for (var round = 0; round < samples.Length; round++)
        {
            results.Add(row, round + 1, new Measurement(metric, samples[round]));
        }
    }
}
