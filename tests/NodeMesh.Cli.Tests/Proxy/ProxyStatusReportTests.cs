using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Tests.Proxy;

public sealed class ProxyStatusReportTests
{
    [Fact]
    public void Table_OfAProxyAndOneThatIsSilent_ShowsBoth()
    {
        ProxyRow[] rows = [ProxyRow.Of("node-1", Dumps.Node1, Dumps.Control), new ProxyRow { Node = "node-2", Error = "the proxy of node-2 does not answer" }];
        Assert.Equal(
            """
            NODE     READY       WORKLOADS       POLICIES        NODES           AGE     CAPTURE    IN KERNEL   PODS   CERTIFICATES   CONNECTIONS   TUNNELS   VERSION
            node-1   yes         synced (9)      rejected (1)    sending (2)     400ms   iptables   on          1/2    1/1            2             1         0.1.0
            node-2   no answer   not connected   not connected   not connected   -       -          -           -      -              -             -         -

            """,
            ProxyStatusReport.Table(rows).ToString());
        Assert.Equal(["node-1 rejected istio.security.Authorization: policy shop/x: unknown action", "the proxy of node-2 does not answer"], ProxyStatusReport.Notes(rows));
    }

    [Fact]
    public void Wide_SaysTheClockAndWhyItCapturesSo()
    {
        var row = ProxyRow.Of("node-1", Dumps.Node1, Dumps.Control) with { CaptureReason = "eBPF needs Linux 5.17", MeshRateLimits = "local: no control plane" };

        var lines = ProxyStatusReport.Table([row], wide: true).ToString().Split('\n');

        Assert.EndsWith("VERSION   CLOCK                  RATE LIMITS   OTHER TYPES   CAPTURE REASON", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("2026-01-02T03:00:00Z   local         -             eBPF needs Linux 5.17", lines[1], StringComparison.Ordinal);
    }
}
