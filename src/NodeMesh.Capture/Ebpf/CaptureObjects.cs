using System.Collections.Immutable;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Ebpf;

/// <summary>The compiled programs, embedded in this assembly.</summary>
internal static class CaptureObjects
{
    private const string Lookup = "capture_lookup.bpf.o";
    private const string LookupProgram = "capture_lookup";

    /// <summary>The objects whose programs are attached to the root cgroup, once for all pods.</summary>
    internal static ImmutableArray<string> OfCgroup { get; } = ["capture_connect.bpf.o", "capture_dns.bpf.o", "capture_names.bpf.o", "capture_sockops.bpf.o"];

    /// <summary>Opens an object.</summary>
    /// <param name="resource">One of <see cref="OfCgroup"/>.</param>
    internal static BpfObject Open(string resource) => BpfObject.OpenResource(typeof(CaptureObjects).Assembly, resource);

    /// <summary>Opens the object that is attached to each pod's network namespace.</summary>
    /// <param name="cookie">The network namespace.</param>
    internal static BpfObject OpenLookup(ulong cookie)
    {
        var lookup = Open(Lookup);
        lookup.SetGlobal("netns_cookie", cookie);
        return lookup;
    }

    /// <summary>The one program of <see cref="OpenLookup"/>.</summary>
    /// <param name="lookup">The object.</param>
    internal static BpfProgram LookupOf(BpfObject lookup) => lookup.Program(LookupProgram);
}
