using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Network;

/// <summary>
/// Two nodes on a bridge, a client and a server pod on the first, a server pod on the second, as network namespaces: what the rows
/// without a mesh run in. No packet filter, no connection tracking, no Service rules: the direct rows are as fast as the kernel makes them.
/// </summary>
internal sealed class Topology : IAsyncDisposable
{
    public const string NodeOneAddress = "10.201.0.1";
    public const string NodeTwoAddress = "10.201.0.2";

    /// <summary>The first node's address on the client pod's link.</summary>
    public const string ClientGateway = "10.201.1.1";
    public const string NearAddress = "10.201.2.2";
    public const string FarAddress = "10.201.3.2";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _prefix;

    private Topology(string prefix) => _prefix = prefix;

    public string Client => $"{_prefix}-client";

    public string Near => $"{_prefix}-near";

    public string Far => $"{_prefix}-far";

    public string NodeOne => $"{_prefix}-node1";

    public string NodeTwo => $"{_prefix}-node2";

    public IReadOnlyList<string> Namespaces => [Switch, NodeOne, NodeTwo, Client, Near, Far];

    private string Switch => $"{_prefix}-net";

    /// <summary>Makes all of it; what a failure left is removed.</summary>
    /// <param name="prefix">What every namespace's name begins with.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<Topology> CreateAsync(string prefix, CancellationToken cancellation)
    {
        var topology = new Topology(prefix);
        try
        {
            await topology.BuildAsync(cancellation);
            return topology;
        }
        catch
        {
            await topology.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command that runs in a namespace. <c>ip netns exec</c> would remount /sys under it.</summary>
    public static IReadOnlyList<string> In(string networkNamespace, params IEnumerable<string> command) =>
        ["nsenter", $"--net=/run/netns/{networkNamespace}", .. command];

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Namespaces.Where(name => File.Exists($"/run/netns/{name}")))
        {
            await Command.RunAsync(["ip", "netns", "delete", name], Limit, CancellationToken.None);
        }
    }

    private async Task BuildAsync(CancellationToken cancellation)
    {
        foreach (var name in Namespaces)
        {
            await Ip(["netns", "add", name]);
            await Ip(["-n", name, "link", "set", "lo", "up"]);
        }

        await Ip(["-n", Switch, "link", "add", "br0", "type", "bridge"]);
        await Ip(["-n", Switch, "link", "set", "br0", "up"]);
        await NodeAsync(NodeOne, NodeOneAddress, "p1");
        await NodeAsync(NodeTwo, NodeTwoAddress, "p2");
        await PodAsync(Client, NodeOne, "10.201.1");
        await PodAsync(Near, NodeOne, "10.201.2");
        await PodAsync(Far, NodeTwo, "10.201.3");
        await Ip(["-n", NodeOne, "route", "add", "10.201.3.0/24", "via", NodeTwoAddress]);
        await Ip(["-n", NodeTwo, "route", "add", "10.201.1.0/24", "via", NodeOneAddress]);

        async Task NodeAsync(string node, string address, string port)
        {
            await Ip(["link", "add", "eth0", "netns", node, "type", "veth", "peer", "name", port, "netns", Switch]);
            await Ip(["-n", Switch, "link", "set", port, "master", "br0", "up"]);
            await Ip(["-n", node, "link", "set", "eth0", "up"]);
            await Ip(["-n", node, "address", "add", $"{address}/24", "dev", "eth0"]);
            await Command.RunAsync(In(node, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"), Limit, cancellation);
        }

        async Task PodAsync(string pod, string node, string subnet)
        {
            var link = "pod" + subnet[(subnet.LastIndexOf('.') + 1)..];
            await Ip(["link", "add", "eth0", "netns", pod, "type", "veth", "peer", "name", link, "netns", node]);
            await Ip(["-n", node, "link", "set", link, "up"]);
            await Ip(["-n", node, "address", "add", $"{subnet}.1/24", "dev", link]);
            await Ip(["-n", pod, "link", "set", "eth0", "up"]);
            await Ip(["-n", pod, "address", "add", $"{subnet}.2/24", "dev", "eth0"]);
            await Ip(["-n", pod, "route", "add", "default", "via", $"{subnet}.1"]);
        }

        Task Ip(string[] arguments) => Command.RunAsync(["ip", .. arguments], Limit, cancellation);
    }
}
