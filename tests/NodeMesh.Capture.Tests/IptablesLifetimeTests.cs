using System.Net;
using System.Net.Sockets;
using NodeMesh.Capture.Iptables;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Testing;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>Capture, capture again, release; and what a pod can do in between.</summary>
public sealed class IptablesLifetimeTests
{
    [Fact(Timeout = 60_000)]
    public async Task Release_OfACapturedPod_LeavesNothing()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var (rules, routes) = (await RulesAsync(fixture), await RoutesAsync(fixture));
        var pod = await fixture.CaptureAsync();
        Assert.NotEqual(routes, await RoutesAsync(fixture));

        await fixture.Capture.ReleaseAsync(pod, Deadline);

        Assert.Empty(rules);
        Assert.Empty(await RulesAsync(fixture));
        Assert.Equal(routes, await RoutesAsync(fixture));
        await AssertEchoAsync(await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080), await fixture.AcceptAsync(server));
        Assert.Empty((await fixture.Pod.RunAsync("ss", "-Hlntu")).Trim());
        await fixture.Capture.ReleaseAsync(pod, Deadline);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_OfACapturedPod_FailsItsTrafficInsteadOfLettingItOut()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();

        var error = await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080));

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Release_AfterDispose_StillRemovesTheRules()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();

        await fixture.Capture.ReleaseAsync(pod, Deadline);

        Assert.Empty(await RulesAsync(fixture));
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_Again_LeavesTheSameRulesOnce()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        await using var first = await fixture.CaptureAsync();
        var (rules, routes) = (await RulesAsync(fixture), await RoutesAsync(fixture));

        await using var second = await fixture.CaptureAsync();

        Assert.Equal(rules, await RulesAsync(fixture));
        Assert.Equal(routes, await RoutesAsync(fixture));
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_WithOtherAnnotations_ReplacesTheRules()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var first = await fixture.CaptureAsync(("nodemesh.io/excludeOutboundPorts", "8080"));
        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await fixture.AcceptAsync(server);

        await using var second = await fixture.CaptureAsync();
        await first.DisposeAsync();

        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await using var accepted = await AcceptedAsync(second.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), second.GetOriginalDestination(accepted));
    }

    [Fact(Timeout = 120_000)]
    public async Task Capture_AgainUnderLoad_NeverLetsAConnectionOut()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var escaped = server.AcceptAsync(Deadline).AsTask();
        await using var pod = await fixture.CaptureAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var attempts = 0;
        var load = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var client = await fixture.Broker.CreateSocketAsync(fixture.PodNamespace, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline);
                    await client.ConnectAsync(new IPEndPoint(FarAddress, 8080), Deadline);
                    await using var accepted = await AcceptedAsync(pod.Outbound);
                    attempts++;
                }
            },
            Deadline);

        for (var i = 0; i < 5; i++)
        {
            var rules = new PodRules(fixture.PodNamespace, AddressFamilyTools.V4);
            await rules.ApplyAsync(i % 2 == 0 ? CaptureExclusions.None with { ExcludeOutboundPorts = [9] } : CaptureExclusions.None, Deadline);
        }

        await stop.CancelAsync();
        await load;
        Assert.False(escaped.IsCompleted);
        Assert.True(attempts > 10, $"only {attempts} connections were tried");
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_OfTheNodesOwnNamespace_IsRefused()
    {
        using var broker = new NetworkNamespaceBroker();
        var pod = new Model.PodEnrollment
        {
            Uid = "u",
            Name = "app",
            Namespace = "shop",
            ServiceAccount = "default",
            NetworkNamespace = "/proc/self/ns/net",
            Addresses = ["10.0.0.1"],
        };

        var error = await Assert.ThrowsAsync<CaptureException>(async () => await new IptablesCapture(broker).CaptureAsync(pod, Deadline));

        Assert.Contains("node's own", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_OfAMissingNamespace_NamesPodAndPath()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var pod = fixture.Enrollment() with { NetworkNamespace = "/run/netns/nmt-not-there" };

        var error = await Assert.ThrowsAsync<CaptureException>(async () => await fixture.Capture.CaptureAsync(pod, Deadline));

        Assert.Contains("pod shop/app cannot be captured: network namespace /run/netns/nmt-not-there", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_OfAPodWithOtherRules_KeepsThem()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        await fixture.Pod.RunAsync("iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "8080", "-j", "ACCEPT");
        var before = await RulesAsync(fixture);
        var pod = await fixture.CaptureAsync();

        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await using (await AcceptedAsync(pod.Outbound))
        {
            await fixture.Capture.ReleaseAsync(pod, Deadline);
        }

        Assert.Equal(before, await RulesAsync(fixture));
    }

    [Fact(Timeout = 120_000)]
    public async Task FindStrayThreads_AfterCapturesAndTraffic_FindsNone()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        for (var i = 0; i < 3; i++)
        {
            var pod = await fixture.CaptureAsync();
            await fixture.ConnectAsync(fixture.PodNamespace, FarAddressV6, 8080);
            await using (await AcceptedAsync(pod.Outbound))
            {
                await fixture.Capture.ReleaseAsync(pod, Deadline);
            }
        }

        Assert.Empty(fixture.Broker.FindStrayThreads());
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_RaisesHowLongHalfClosedConnectionsAreTracked_InThePodOnly()
    {
        const string Setting = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait";
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var before = await fixture.Pod.RunAsync("cat", Setting);
        var pod = await fixture.CaptureAsync();

        Assert.Equal("43200", (await fixture.Pod.RunAsync("cat", Setting)).Trim());
        Assert.Equal(before, await fixture.Peer.RunAsync("cat", Setting));
        await fixture.Capture.ReleaseAsync(pod, Deadline);
        Assert.Equal(before, await fixture.Pod.RunAsync("cat", Setting));
    }

    [Fact(Timeout = 60_000)]
    public async Task Probe_OnThisMachine_FindsNothingMissingAndLeavesNothing()
    {
        using var broker = new NetworkNamespaceBroker();
        var before = (await TestCommand.RunAsync("iptables-save", [])).Output;

        var support = await new IptablesCapture(broker).ProbeAsync(Deadline);

        Assert.Empty(support.Problems);
        Assert.Equal(before, (await TestCommand.RunAsync("iptables-save", [])).Output);
    }

    /// <summary>Every rule and chain of one's own, in both families.</summary>
    private static async Task<IReadOnlyList<string>> RulesAsync(CaptureFixture fixture)
    {
        var text = await fixture.Pod.RunAsync("iptables-save") + await fixture.Pod.RunAsync("ip6tables-save");
        return [.. text.Split('\n').Where(l => l.StartsWith("-A", StringComparison.Ordinal) || l.Contains("NODEMESH", StringComparison.Ordinal)).Select(l => l.Split('[')[0])];
    }

    private static async Task<string> RoutesAsync(CaptureFixture fixture)
    {
        var text = string.Empty;
        foreach (var flag in (string[])["-4", "-6"])
        {
            text += await fixture.Pod.RunAsync("ip", flag, "rule");
            text += await fixture.Pod.RunAsync("ip", flag, "route", "show", "table", "all");
        }

        return text;
    }
}
