using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace NodeMesh.Testing;

/// <summary>
/// A small network of namespaces for one test, removed with everything in it on dispose. Needs root. Names begin with <c>nmt-PID-</c>, so that what a killed
/// test run left is found, and removed, by the next.
/// </summary>
/// <example>
/// <code>
/// await using var network = await TestNetwork.CreateAsync();
/// var pod = await network.AddAsync("pod");
/// var peer = await network.AddAsync("peer");
/// await network.ConnectAsync(pod, ["10.77.0.2/24", "fd77::2/64"], peer, ["10.77.0.1/24", "fd77::1/64"]);
/// </code>
/// </example>
public sealed class TestNetwork : IAsyncDisposable
{
    private const string Prefix = "nmt-";
    private const string NamespaceDirectory = "/run/netns";
    private static int _lastNetwork;

    private readonly ConcurrentBag<Process> _processes = [];
    private readonly List<TestNamespace> _namespaces = [];
    private readonly string _prefix;
    private int _lastLink;

    private TestNetwork(int number) => _prefix = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{number}-");

    /// <summary>Makes an empty network.</summary>
    /// <returns>The network.</returns>
    public static async Task<TestNetwork> CreateAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException("tests with network namespaces need root: run them with sudo");
        }

        var number = Interlocked.Increment(ref _lastNetwork);
        if (number == 1)
        {
            await RemoveLeftoversAsync();
        }

        return new TestNetwork(number);
    }

    /// <summary>Adds a namespace.</summary>
    /// <param name="name">A short name, unique in this network.</param>
    /// <returns>The namespace.</returns>
    public async Task<TestNamespace> AddAsync(string name)
    {
        var ns = new TestNamespace(this, _prefix + name);
        await TestCommand.RequireAsync("ip", ["netns", "add", ns.Name]);
        _namespaces.Add(ns);
        await ns.RunAsync(
            "sh",
            "-c",
            "ip link set lo up; for f in all default; do echo 0 > /proc/sys/net/ipv6/conf/$f/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/$f/disable_ipv6; done");
        return ns;
    }

    /// <summary>Joins two namespaces by a pair of devices, both named <c>ethN</c> with the same N.</summary>
    /// <param name="left">One namespace.</param>
    /// <param name="leftAddresses">Its addresses with prefix lengths.</param>
    /// <param name="right">The other.</param>
    /// <param name="rightAddresses">Its addresses with prefix lengths.</param>
    /// <returns>The devices' name.</returns>
    public async Task<string> ConnectAsync(TestNamespace left, IEnumerable<string> leftAddresses, TestNamespace right, IEnumerable<string> rightAddresses)
    {
        var device = string.Create(CultureInfo.InvariantCulture, $"eth{_lastLink++}");
        await TestCommand.RequireAsync("ip", ["link", "add", device, "netns", left.Name, "type", "veth", "peer", "name", device, "netns", right.Name]);
        await left.SetUpAsync(device, leftAddresses);
        await right.SetUpAsync(device, rightAddresses);
        return device;
    }

    /// <summary>Plugs a namespace into a bridge.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="addresses">Its addresses with prefix lengths.</param>
    /// <param name="bridgeNamespace">Where the bridge is.</param>
    /// <param name="bridge">The bridge.</param>
    /// <returns>The name of its device.</returns>
    public async Task<string> PlugAsync(TestNamespace ns, IEnumerable<string> addresses, TestNamespace bridgeNamespace, string bridge)
    {
        var device = await ConnectAsync(ns, addresses, bridgeNamespace, []);
        await bridgeNamespace.RunAsync("ip", "link", "set", device, "master", bridge);
        return device;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        foreach (var ns in _namespaces)
        {
            await TestCommand.RequireAsync("ip", ["netns", "del", ns.Name]);
        }
    }

    internal Process Own(Process process)
    {
        _processes.Add(process);
        return process;
    }

    private static async Task RemoveLeftoversAsync()
    {
        if (!Directory.Exists(NamespaceDirectory))
        {
            return;
        }

        foreach (var name in Directory.EnumerateFiles(NamespaceDirectory, Prefix + "*").Select(Path.GetFileName))
        {
            var owner = name!.Split('-')[1];
            if (!Directory.Exists($"/proc/{owner}"))
            {
                // Another run may be clearing up at the same time.
                await TestCommand.RunAsync("ip", ["netns", "del", name]);
            }
        }
    }
}
