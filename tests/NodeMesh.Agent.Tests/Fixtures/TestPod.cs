using System.Diagnostics;
using System.Globalization;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Linux.Cgroups;
using NodeMesh.Testing;

namespace NodeMesh.Agent.Tests.Fixtures;

/// <summary>A network namespace with an address and a process, whose control group is named as a kubelet names those of pods.</summary>
internal sealed class TestPod : IAsyncDisposable
{
    private static int _last;
    private readonly TestNetwork _network;
    private readonly string _group;

    private TestPod(TestNetwork network, TestNamespace ns, string address, string group) => (_network, Namespace, Address, _group) = (network, ns, address, group);

    public TestNamespace Namespace { get; }

    public string Address { get; }

    public static string NewAddress()
    {
        var number = Interlocked.Increment(ref _last);
        return string.Create(CultureInfo.InvariantCulture, $"10.41.{number / 250}.{(number % 250) + 1}");
    }

    public static async Task<TestPod> CreateAsync()
    {
        var network = await TestNetwork.CreateAsync();
        var ns = await network.AddAsync("pod");
        var address = NewAddress();
        await ns.AddAddressAsync("lo", address + "/32");
        return new TestPod(network, ns, address, Path.Combine(CgroupHierarchy.Require().Root, $"{ns.Name}-kubepods"));
    }

    /// <summary>Starts a process of the pod.</summary>
    /// <param name="uid">The pod's UID.</param>
    /// <param name="inside">The namespace that it is in: the pod's own unless it is given.</param>
    /// <returns>It, when it is in its namespace and group.</returns>
    public async Task<Process> StartAsync(string uid, TestNamespace? inside = null)
    {
        var group = Path.Combine(_group, "pod" + uid, "container");
        Directory.CreateDirectory(group);
        var process = (inside ?? Namespace).Start("sleep", "3600");
        await File.WriteAllTextAsync(Path.Combine(group, "cgroup.procs"), process.Id.ToString(CultureInfo.InvariantCulture));
        var own = new FileInfo("/proc/self/ns/net").LinkTarget;
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/ns/net");
        await Eventually.TrueAsync(() => new FileInfo(path).LinkTarget is { } ns && ns != own, "the process is in its namespace");
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        // Ends the processes: a group that has any cannot be removed.
        await _network.DisposeAsync();
        if (Directory.Exists(_group))
        {
            foreach (var group in Directory.EnumerateDirectories(_group, "*", SearchOption.AllDirectories).OrderByDescending(d => d.Length).Append(_group).ToList())
            {
                await Eventually.TrueAsync(() => TryRemove(group), $"{group} is empty");
            }
        }
    }

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
