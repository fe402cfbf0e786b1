using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary><c>struct address_range</c>: the key of <c>address_ranges</c>.</summary>
/// <param name="PrefixLength">How many bits count, from <see cref="Kind"/> on.</param>
/// <param name="Kind">What is said of it, and of which family it is.</param>
/// <param name="NetworkNamespace">The pod's cookie.</param>
/// <param name="Address">The range's first address.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct AddressRange(uint PrefixLength, AddressRangeKind Kind, ulong NetworkNamespace, PodAddress Address)
{
    private const int BitsBeforeAddress = 32 + 64;

    /// <summary>Translates a range.</summary>
    /// <param name="networkNamespace">The pod's cookie.</param>
    /// <param name="range">The range.</param>
    /// <param name="isIncluded">True for a range that is captured, false for one that is not.</param>
    internal static AddressRange From(ulong networkNamespace, IPNetwork range, bool isIncluded)
    {
        var isIpv4 = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var bits = BitsBeforeAddress + range.PrefixLength + (isIpv4 ? PodAddress.MappedPrefix : 0);
        var kind = (isIncluded, isIpv4) switch
        {
            (false, true) => AddressRangeKind.ExcludedIpv4,
            (false, false) => AddressRangeKind.ExcludedIpv6,
            (true, true) => AddressRangeKind.IncludedIpv4,
            (true, false) => AddressRangeKind.IncludedIpv6,
        };
        return new AddressRange((uint)bits, kind, networkNamespace, PodAddress.From(range.BaseAddress));
    }
}
