using System.Net.Sockets;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>Rules that somebody else removes, and rules that nobody else will.</summary>
public sealed class IptablesRepairTests
{
    [Fact(Timeout = 60_000)]
    public async Task Repair_OfWhatIsInPlace_DoesNothing()
    {
        await using var fixture = await CreateAsync(CaptureMode.Iptables);
        await using var pod = await fixture.CaptureAsync();
        var changed = pod.ChangedAsync(Deadline);

        Assert.False(await fixture.Capture.RepairAsync(pod, Deadline));

        // Else each look would be the cause of the next.
        Assert.False(changed.IsCompleted);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("iptables", "-t", "nat", "-F")]
    [InlineData("iptables", "-t", "nat", "-F", "OUTPUT")]
    [InlineData("ip6tables", "-t", "mangle", "-F")]
    public async Task Repair_OfFlushedRules_PutsThemBack(params string[] flush)
    {
        await using var fixture = await CreateAsync(CaptureMode.Iptables);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var pod = await fixture.CaptureAsync(("nodemesh.io/excludeOutboundPorts", "9999"));
        var before = await RulesAsync(fixture);
        await fixture.Pod.RunAsync(flush[0], flush[1..]);
        Assert.NotEqual(before, await RulesAsync(fixture));

        Assert.True(await fixture.Capture.RepairAsync(pod, Deadline));

        Assert.Equal(before, await RulesAsync(fixture));
        Assert.False(await fixture.Capture.RepairAsync(pod, Deadline));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("iptables", "-t", "nat", "-F")]
    [InlineData("ip6tables", "-t", "mangle", "-F", "PREROUTING")]
    [InlineData("nft", "flush", "ruleset")]
    public async Task Flush_BySomebodyElse_IsToldOfAtOnce(params string[] flush)
    {
        await using var fixture = await CreateAsync(CaptureMode.Iptables);
        var pod = await fixture.CaptureAsync();
        var changed = pod.ChangedAsync(Deadline);
        Assert.False(changed.IsCompleted);

        await fixture.Pod.RunAsync(flush[0], flush[1..]);

        await changed;
        Assert.True(await fixture.Capture.RepairAsync(pod, Deadline));
        await pod.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Waiting_ForAFlush_CanBeGivenUpAndTakenUpAgain()
    {
        await using var fixture = await CreateAsync(CaptureMode.Iptables);
        await using var pod = await fixture.CaptureAsync();
        using var stop = new CancellationTokenSource();
        var first = pod.ChangedAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = pod.ChangedAsync(Deadline);
        await fixture.Pod.RunAsync("iptables", "-t", "nat", "-F");
        await second;
    }

    [Fact(Timeout = 60_000)]
    public async Task Removal_WithoutTheProxy_OpensThePod()
    {
        await using var fixture = await CreateAsync(CaptureMode.Iptables);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080));

        await CaptureRemoval.RemoveAsync(fixture.PodNamespace, Deadline);

        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        Assert.DoesNotContain(await RulesAsync(fixture), l => l.StartsWith("-A", StringComparison.Ordinal));
        await CaptureRemoval.RemoveAsync(fixture.PodNamespace, Deadline);
    }

    private static async Task<IReadOnlyList<string>> RulesAsync(CaptureFixture fixture)
    {
        var text = await fixture.Pod.RunAsync("iptables-save") + await fixture.Pod.RunAsync("ip6tables-save");
        return [.. text.Split('\n').Where(l => l.StartsWith("-A", StringComparison.Ordinal))];
    }
}
