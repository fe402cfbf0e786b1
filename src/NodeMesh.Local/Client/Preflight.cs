using NodeMesh.Linux.Tools;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Client;

/// <summary>Looks, before anything is changed, for what would stop a mesh from coming up. One line for each finding, with what mends it.</summary>
public static class Preflight
{
    // cgroup.kill came with Linux 5.14.
    private static readonly Version MinKernel = new(5, 14);

    private static readonly string[] Programs = ["nodemesh-control", "nodemesh-proxy"];

    private static readonly (string Tool, string Package)[] Tools =
    [
        ("ip", "iproute2"), ("nft", "nftables"), ("nsenter", "util-linux"), ("unshare", "util-linux"), ("mount", "mount"),
        ("pivot_root", "util-linux"), ("setsid", "util-linux"), ("env", "coreutils"),
    ];

    /// <summary>Checks the machine and the name.</summary>
    /// <param name="layout">The mesh's files.</param>
    /// <param name="settings">What is asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is wrong; empty when the mesh may be made.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(MeshLayout layout, MeshSettings settings, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return ["root is needed: nodes and pods are network namespaces; run it with sudo"];
        }

        var problems = new List<string>();
        problems.AddRange(MissingTools(settings.WithMesh));
        problems.AddRange(MissingKernelFeatures());
        problems.AddRange(MissingPrograms(settings));
        if (problems.Count == 0)
        {
            var nft = await LinuxTool.RunAsync(null, "nft", ["list", "tables"], null, cancellationToken);
            if (!nft.Succeeded)
            {
                problems.Add($"nft does not work ({nft.Error.Trim()}): load the kernel module, modprobe nf_tables");
            }
        }

        if (problems.Count == 0 && settings is { Capture: "ebpf", WithMesh: true })
        {
            problems.AddRange(await MissingForEbpfAsync(settings, cancellationToken));
        }

        if (Occupied(layout) is { } occupied)
        {
            problems.Add(occupied);
        }

        return problems;
    }

    /// <summary>Says whether a mesh's name is taken, by one that runs or by what a crashed one left.</summary>
    /// <param name="layout">The mesh's files.</param>
    /// <returns>What is there, with the remedy; null when the name is free.</returns>
    public static string? Occupied(MeshLayout layout)
    {
        var remedy = $"nodemesh local down --name {layout.Name}";
        if (Residue.DaemonRuns(layout))
        {
            return $"mesh {layout.Name} is up already: end it with '{remedy}', or choose another --name";
        }

        var left = Residue.Find(layout);
        return left.IsEmpty ? null : $"a crashed run of mesh {layout.Name} left {left}: remove it with '{remedy}'";
    }

    /// <summary>Asks the program that will do it.</summary>
    private static async Task<IEnumerable<string>> MissingForEbpfAsync(MeshSettings settings, CancellationToken cancellationToken)
    {
        var probe = await LinuxTool.RunAsync(null, Path.Combine(settings.Binaries, "nodemesh-proxy"), ["--probe-capture", "ebpf"], null, cancellationToken);
        return probe.Succeeded ? [] : (probe.Output + probe.Error).Trim().Split('\n').Select(l => $"--capture ebpf: {l}; or use --capture auto or iptables");
    }

    private static IEnumerable<string> MissingTools(bool withMesh)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"]);
        var wanted = withMesh ? Tools.Concat([("iptables-restore", "iptables"), ("ip6tables-restore", "iptables")]) : Tools;
        return wanted.Where(t => !path.Any(d => File.Exists(Path.Combine(d, t.Item1)))).Select(t => $"{t.Item1} is missing: apt-get install {t.Item2}");
    }

    private static IEnumerable<string> MissingKernelFeatures()
    {
        if (Environment.OSVersion.Version < MinKernel)
        {
            yield return $"Linux {Environment.OSVersion.Version} is too old: {MinKernel} or newer is needed (cgroup.kill)";
        }

        if (ControlGroup.FindMount() is null)
        {
            yield return "cgroup v2 is not mounted: mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified";
        }

        if (!Directory.Exists("/proc/sys/net/ipv6"))
        {
            yield return "IPv6 is switched off in the kernel: boot without ipv6.disable=1";
        }

        if (!File.ReadLines("/proc/filesystems").Any(l => l.EndsWith("\toverlay", StringComparison.Ordinal)))
        {
            yield return "the kernel has no overlayfs: modprobe overlay";
        }
    }

    private static IEnumerable<string> MissingPrograms(MeshSettings settings) => !settings.WithMesh ? []
        : Programs
            .Where(p => !File.Exists(Path.Combine(settings.Binaries, p)))
            .Select(p => $"{p} is not in {settings.Binaries}: run 'make build', or say where it is with NODEMESH_BIN");
}
