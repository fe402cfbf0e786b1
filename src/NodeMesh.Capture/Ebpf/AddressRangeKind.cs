namespace NodeMesh.Capture.Ebpf;

/// <summary><c>address_range.kind</c> of native/include/nodemesh/capture.h. By family, so that <c>::/0</c> does not mean IPv4 too, whose addresses are mapped.</summary>
internal enum AddressRangeKind : uint
{
    /// <summary>IPv4 destinations that are not captured.</summary>
    ExcludedIpv4 = 1,

    /// <summary>IPv6 destinations that are not captured.</summary>
    ExcludedIpv6 = 2,

    /// <summary>IPv4 destinations that are captured, where not all are.</summary>
    IncludedIpv4 = 3,

    /// <summary>IPv6 destinations that are captured, where not all are.</summary>
    IncludedIpv6 = 4,
}
