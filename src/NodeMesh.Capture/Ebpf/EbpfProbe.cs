using System.Collections.Immutable;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Cgroups;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Capture.Ebpf;

/// <summary>Loads and attaches the real programs, with maps of their own that name no pod, and lets go of all of it.</summary>
internal static class EbpfProbe
{
    private const string AcceptMark = "/proc/sys/net/ipv4/tcp_fwmark_accept";

    private static readonly ImmutableArray<(string Tool, string Package)> Tools = [("nsenter", "util-linux"), ("ip", "iproute2"), ("sed", "sed"), ("grep", "grep")];

    /// <summary>What each object needs, for kernels that refuse it. The newest of all is <c>ingress_ifindex</c>, by which calls of a pod to itself are told.</summary>
    private static readonly ImmutableDictionary<string, string> Needs = ImmutableDictionary<string, string>.Empty
        .Add("capture_connect.bpf.o", "connect hooks that know network namespaces: Linux 5.10 with CONFIG_CGROUP_BPF")
        .Add("capture_dns.bpf.o", "hooks for UDP: Linux 5.10 with CONFIG_CGROUP_BPF")
        .Add("capture_names.bpf.o", "hooks for getpeername and getsockname: Linux 5.10 with CONFIG_CGROUP_BPF")
        .Add("capture_sockops.bpf.o", "socket callbacks that know network namespaces: Linux 5.15 with CONFIG_CGROUP_BPF");

    private const string LookupNeeds = "socket lookup that knows the device of arrival: Linux 5.17";

    /// <summary>Tries.</summary>
    /// <returns>What is missing, and what mends it.</returns>
    internal static ImmutableArray<string> Run()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return ["eBPF capture needs root (CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN): run as root"];
        }

        var problems = ImmutableArray.CreateBuilder<string>();
        problems.AddRange(Tools.Where(t => !ToolPath.Has(t.Tool)).Select(t => $"{t.Tool} is missing: apt-get install {t.Package}"));
        if (!BpfFeatures.HasLibrary)
        {
            problems.Add("libbpf.so.1 is missing: apt-get install libbpf1");
        }

        if (CgroupHierarchy.Find() is null)
        {
            problems.Add("cgroup v2 is not mounted: mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        if (!File.Exists(AcceptMark))
        {
            problems.Add($"{AcceptMark} is missing: a kernel with CONFIG_INET and /proc/sys is needed");
        }

        if (problems.Count == 0)
        {
            problems.AddRange(TryAll());
        }

        return problems.ToImmutable();
    }

    private static List<string> TryAll()
    {
        var problems = new List<string>();
        Try("pinning: a kernel with CONFIG_BPF_SYSCALL and the right to mount", () => BpfFileSystem.Mount());
        using var root = CgroupHierarchy.Require().OpenRoot();
        foreach (var resource in CaptureObjects.OfCgroup)
        {
            Try(Needs[resource], () =>
            {
                using var programs = CaptureObjects.Open(resource);
                programs.Load();
                foreach (var program in programs.ProgramNames.Select(programs.Program))
                {
                    program.AttachCgroup(root).Dispose();
                }
            });
        }

        Try(LookupNeeds, () =>
        {
            using var ns = NetworkNamespace.OpenCurrent();
            using var lookup = CaptureObjects.OpenLookup(cookie: 0);
            lookup.Load();
            CaptureObjects.LookupOf(lookup).AttachNetworkNamespace(ns).Dispose();
        });
        return problems;

        void Try(string what, Action attempt)
        {
            try
            {
                attempt();
            }
            catch (IOException e)
            {
                // The last line: what comes before is the verifier's log.
                problems.Add($"{what} is needed ({e.Message.ReplaceLineEndings(" ")})");
            }
        }
    }
}
