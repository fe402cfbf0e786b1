using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Network;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Tests;

public class ReadingTests
{
    private const string Wrk = """
        Running 1s test @ http://10.201.2.2:8080/
          2 threads and 32 connections
          98765 requests in 1.10s, 34.00MB read
        Requests/sec:  89786.36
        Transfer/sec:     30.91MB
        """;

    [Fact]
    public void ReadWrk_AnswersOnly_HasNoErrors() => Assert.Equal(new WrkResult(89786.36, 98765, 0), Loads.ReadWrk(Wrk));

    [Fact]
    public void ReadWrk_SocketErrors_AreSummed() =>
        Assert.Equal(10, Loads.ReadWrk(Wrk + "\n  Socket errors: connect 1, read 2, write 3, timeout 4").Errors);

    [Fact]
    public void ReadWrk_NoRate_Fails() => Assert.Throws<CompareException>(() => Loads.ReadWrk("unable to connect"));

    [Fact]
    public void ReadH2Load_FailuresOfEachKind_AreSummed() => Assert.Equal(
        new WrkResult(12345.67, 37000, 6),
        Loads.ReadH2Load("""
            finished in 3.00s, 12345.67 req/s, 3.41MB/s
            requests: 37006 total, 37040 started, 37006 done, 37000 succeeded, 1 failed, 2 errored, 3 timeout
            """));

    [Fact]
    public void ReadIperf_SumOfWhatArrived_IsTaken()
    {
        var (bits, bytes) = Loads.ReadIperf("""{"end":{"sum_sent":{"bytes":9,"bits_per_second":9},"sum_received":{"bytes":125,"bits_per_second":1000}}}""");

        Assert.Equal((1000, 125), (bits, bytes));
    }

    [Fact]
    public void ReadIperf_AnError_IsSaid() =>
        Assert.Contains("unable", Assert.Throws<CompareException>(() => Loads.ReadIperf("""{"error":"unable to connect"}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void MachineTicks_CountsSoftInterruptsAndNeitherIdleNorStolenTime() =>
        Assert.Equal(1 + 2 + 4 + 32 + 64, CpuMeter.MachineTicks("cpu  1 2 4 8 16 32 64 128 0 0"));

    [Theory]
    [InlineData("istio_tcp_sent_bytes_total 5", "does not forward")]
    [InlineData("nodemesh_in_kernel_forwarding 0\nnodemesh_in_kernel_connections_total 0", "is off")]
    [InlineData("nodemesh_in_kernel_forwarding 1\nnodemesh_in_kernel_connections_total 0", "none")]
    public void KernelObstacle_WithoutConnectionsInTheKernel_SaysWhy(string metrics, string part) =>
        Assert.Contains(part, KernelForwarding.Obstacle(metrics)!, StringComparison.Ordinal);

    [Fact]
    public void KernelObstacle_WithConnectionsInTheKernel_IsNone() =>
        Assert.Null(KernelForwarding.Obstacle("# HELP nodemesh_in_kernel_forwarding 1 where …\nnodemesh_in_kernel_forwarding 1\nnodemesh_in_kernel_connections_total 3\n"));

    [Theory]
    [InlineData("nmb123-node1", 123)]
    [InlineData("nmb7", 7)]
    [InlineData("nmbx", null)]
    [InlineData("nm-mesh0-net", null)]
    public void OwnerOf_ReadsTheProcessOfARunsNames(string name, int? owner) => Assert.Equal(owner, Leftovers.OwnerOf(name));

    [Fact]
    public void Parse_QuickAndMore_TheRestWins()
    {
        var options = CompareOptions.Parse(["--quick", "--rows=nginx,direct", "--metrics", "gbps1", "--up-option=--timeout=3m"]);

        Assert.Equal(["direct", "nginx"], options.Rows);
        Assert.Equal(["gbps1"], options.Metrics);
        Assert.Equal(3, options.Rounds);
        Assert.Equal(["--timeout=3m"], options.UpOptions);
    }

    [Theory]
    [InlineData("--rows=envoy")]
    [InlineData("--rounds=0")]
    [InlineData("--seconds=x")]
    [InlineData("--fast")]
    public void Parse_WhatIsUnknown_IsRefused(string word) => Assert.Throws<CompareException>(() => CompareOptions.Parse([word]));
}
