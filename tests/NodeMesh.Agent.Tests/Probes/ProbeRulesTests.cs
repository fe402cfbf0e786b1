using NodeMesh.Agent.Probes;
using NodeMesh.Testing;

namespace NodeMesh.Agent.Tests.Probes;

/// <summary>A node, a pod of it, and another pod, in namespaces.</summary>
public sealed class ProbeRulesTests
{
    [Fact]
    public async Task Connection_OfTheNodeItself_BearsTheProbeAddress()
    {
        await using var network = await TestNetwork.CreateAsync();
        var (node, pod, other) = await JoinAsync(network);
        await ApplyAsync(node, "10.42.1.2", "fd42:1::2");

        Assert.Equal("169.254.7.127", await CallerAsync(node, pod, "10.42.1.2"));
        Assert.Equal("fd16:9254:7127:1337:ffff:ffff:ffff:ffff", await CallerAsync(node, pod, "fd42:1::2"));

        // Not those that go through the node, nor to a pod outside the mesh.
        Assert.Equal("10.42.2.2", await CallerAsync(other, pod, "10.42.1.2"));
        Assert.Equal("10.42.2.1", await CallerAsync(node, other, "10.42.2.2"));
    }

    [Fact]
    public async Task Connection_OfAProcessOfTheNodeThatIsNotRoot_KeepsItsAddress()
    {
        await using var network = await TestNetwork.CreateAsync();
        var (node, pod, _) = await JoinAsync(network);
        await ApplyAsync(node, "10.42.1.2");

        Assert.Equal("10.42.1.1", await CallerAsync(node, pod, "10.42.1.2", "setpriv", "--reuid=65534", "--clear-groups", "socat"));
        Assert.Equal("169.254.7.127", await CallerAsync(node, pod, "10.42.1.2"));
    }

    [Fact]
    public async Task Rules_AreReplacedAndRemovedWithoutATrace()
    {
        await using var network = await TestNetwork.CreateAsync();
        var (node, pod, _) = await JoinAsync(network);
        await node.RunAsync("nft", "add table ip somebody");
        var before = await node.RunAsync("nft", "list", "ruleset");
        await ApplyAsync(node, "10.42.1.2");
        await ApplyAsync(node);
        Assert.Equal("10.42.1.1", await CallerAsync(node, pod, "10.42.1.2"));
        await RunScriptAsync(node, ProbeRules.RemovalScript);
        await RunScriptAsync(node, ProbeRules.RemovalScript);
        Assert.Equal(before, await node.RunAsync("nft", "list", "ruleset"));
    }

    private static async Task<(TestNamespace Node, TestNamespace Pod, TestNamespace Other)> JoinAsync(TestNetwork network)
    {
        var node = await network.AddAsync("node");
        var pod = await network.AddAsync("pod");
        var other = await network.AddAsync("other");
        await network.ConnectAsync(node, ["10.42.1.1/24", "fd42:1::1/64"], pod, ["10.42.1.2/24", "fd42:1::2/64"]);
        await network.ConnectAsync(node, ["10.42.2.1/24"], other, ["10.42.2.2/24"]);
        await pod.AddRouteAsync("default", "10.42.1.1");
        await pod.AddRouteAsync("default", "fd42:1::1");
        await other.AddRouteAsync("default", "10.42.2.1");
        await node.EnableForwardingAsync();
        return (node, pod, other);
    }

    private static Task ApplyAsync(TestNamespace node, params string[] pods) => RunScriptAsync(node, ProbeRules.Script(pods));

    private static async Task RunScriptAsync(TestNamespace node, string script) => await node.RunAsync("nft", script);

    /// <summary>Who a server takes for its caller.</summary>
    private static async Task<string> CallerAsync(TestNamespace from, TestNamespace to, string address, params string[] program)
    {
        var server = to.Start("socat", $"TCP{(address.Contains(':', StringComparison.Ordinal) ? "6" : "4")}-LISTEN:8080,reuseaddr", "SYSTEM:echo $SOCAT_PEERADDR");
        var shown = address.Contains(':', StringComparison.Ordinal) ? $"TCP6:[{address}]:8080,retry=300,interval=0.1" : $"TCP4:{address}:8080,retry=300,interval=0.1";
        string[] command = program.Length == 0 ? ["socat", "-u", shown, "-"] : [.. program, "-u", shown, "-"];
        var text = (await from.RunAsync(command[0], command[1..])).Trim();
        await server.WaitForExitAsync();
        return text.Trim('[', ']') is var bare && System.Net.IPAddress.TryParse(bare, out var parsed) ? parsed.ToString() : text;
    }
}
