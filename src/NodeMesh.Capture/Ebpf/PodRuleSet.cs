using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Model;

namespace NodeMesh.Capture.Ebpf;

/// <summary>What the maps say of one pod.</summary>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="Namespace">Its entry.</param>
/// <param name="OwnAddresses">Its addresses.</param>
/// <param name="Ports">Its exceptions by port.</param>
/// <param name="Ranges">Its exceptions by destination.</param>
/// <param name="VirtualInterfaces">Its devices behind which other machines are.</param>
internal sealed record PodRuleSet(
    ulong NetworkNamespace,
    CapturedNamespace Namespace,
    ImmutableHashSet<OwnAddress> OwnAddresses,
    ImmutableHashSet<PortRule> Ports,
    ImmutableHashSet<AddressRange> Ranges,
    ImmutableHashSet<VirtualInterface> VirtualInterfaces)
{
    private const int DnsPort = 53;

    /// <summary>Everything is captured: for a pod of which nothing else is known yet.</summary>
    /// <param name="cookie">Its network namespace.</param>
    internal static PodRuleSet Everything(ulong cookie) => new(cookie, new CapturedNamespace(default, default, CaptureFlags.Dns), [], [], [], []);

    /// <summary>Translates a pod's annotations and devices.</summary>
    /// <param name="cookie">Its network namespace.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="exclusions">Its annotations.</param>
    /// <param name="interfaces">Its devices and addresses.</param>
    internal static PodRuleSet Build(ulong cookie, PodEnrollment pod, CaptureExclusions exclusions, PodInterfaces interfaces)
    {
        var enrolled = pod.ParseAddresses();
        var entry = new CapturedNamespace(Source(AddressFamily.InterNetwork), Source(AddressFamily.InterNetworkV6), Flags(exclusions));
        return new PodRuleSet(
            cookie,
            entry,
            [.. interfaces.Addresses.Concat(enrolled).Select(a => new OwnAddress(cookie, PodAddress.From(a)))],
            [
                .. Rules(exclusions.ExcludeOutboundPorts, PortRuleKind.OutboundExcluded),
                .. Rules(exclusions.IncludeOutboundPorts, PortRuleKind.OutboundIncluded),
                .. Rules(exclusions.ExcludeInboundPorts, PortRuleKind.InboundExcluded),
                .. Rules(exclusions.IncludeInboundPorts ?? [], PortRuleKind.InboundIncluded),
            ],
            [.. Ranges(exclusions.ExcludeOutboundRanges, isIncluded: false), .. Ranges(exclusions.IncludeOutboundRanges ?? [], isIncluded: true)],
            [.. exclusions.VirtualInterfaces.SelectMany(interfaces.Matching).Select(d => new VirtualInterface(cookie, d))]);

        PodAddress Source(AddressFamily family) => interfaces.Source(enrolled, family) is { } address ? PodAddress.From(address) : default;

        IEnumerable<PortRule> Rules(ImmutableArray<int> ports, PortRuleKind kind) => ports.Select(p => new PortRule(cookie, (ushort)p, kind));

        IEnumerable<AddressRange> Ranges(ImmutableArray<IPNetwork> ranges, bool isIncluded) => ranges.Select(r => AddressRange.From(cookie, r, isIncluded));
    }

    private static CaptureFlags Flags(CaptureExclusions exclusions)
    {
        var flags = CaptureFlags.None;
        Add(exclusions.CaptureDns && !exclusions.ExcludeOutboundPorts.Contains(DnsPort), CaptureFlags.Dns);
        Add(!exclusions.ExcludeOutboundPorts.IsEmpty, CaptureFlags.ExcludesPorts);
        Add(!exclusions.IncludeOutboundPorts.IsEmpty, CaptureFlags.IncludesPorts);
        Add(exclusions.IncludeAllOutboundPorts, CaptureFlags.IncludesAllPorts);
        Add(!exclusions.ExcludeOutboundRanges.IsEmpty, CaptureFlags.ExcludesRanges);
        Add(exclusions.IncludeOutboundRanges is not null, CaptureFlags.OnlyIncludedRanges);
        Add(!exclusions.ExcludeInboundPorts.IsEmpty, CaptureFlags.ExcludesInbound);
        Add(exclusions.IncludeInboundPorts is not null, CaptureFlags.OnlyIncludedInbound);
        Add(!exclusions.VirtualInterfaces.IsEmpty, CaptureFlags.VirtualInterfaces);
        return flags;

        void Add(bool holds, CaptureFlags flag) => flags |= holds ? flag : CaptureFlags.None;
    }
}
