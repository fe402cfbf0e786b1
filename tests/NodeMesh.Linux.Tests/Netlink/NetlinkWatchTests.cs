using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Netlink;
using NodeMesh.Testing;

namespace NodeMesh.Linux.Tests.Netlink;

public sealed class NetlinkWatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(NetlinkGroup.Links, "ip link add v0 type veth peer name v1")]
    [InlineData(NetlinkGroup.Rules, "iptables -A INPUT -p tcp --dport 1 -j DROP")]
    public async Task Change_InTheNamespace_WakesTheWaiterEachTime(NetlinkGroup group, string change)
    {
        await using var network = await TestNetwork.CreateAsync();
        var inside = await network.AddAsync("nl");
        var other = await network.AddAsync("other");
        using var broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open(inside.Path);
        using var watch = await NetlinkWatch.OpenAsync(broker, ns, group, Ct);

        var first = watch.WaitAsync().AsTask();
        await other.RunAsync("sh", "-c", change);
        Assert.False(first.IsCompleted);
        await inside.RunAsync("sh", "-c", change);
        await first;

        // What came while nobody waited counts.
        var words = group == NetlinkGroup.Links ? "ip link del v0" : "iptables -F";
        await inside.RunAsync("sh", "-c", words);
        await watch.WaitAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_OfAWatch_WakesItsWaiter()
    {
        await using var network = await TestNetwork.CreateAsync();
        var inside = await network.AddAsync("nl");
        using var broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open(inside.Path);
        var watch = await NetlinkWatch.OpenAsync(broker, ns, NetlinkGroup.Rules, Ct);
        var waiting = watch.WaitAsync().AsTask();

        watch.Dispose();
        watch.Dispose();

        await waiting;
    }
}
