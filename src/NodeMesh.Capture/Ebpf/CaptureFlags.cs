namespace NodeMesh.Capture.Ebpf;

/// <summary><c>captured_namespace.flags</c> of native/include/nodemesh/capture.h.</summary>
[Flags]
internal enum CaptureFlags : uint
{
    /// <summary>All TCP is captured, DNS over UDP is not.</summary>
    None = 0,

    /// <summary>DNS is captured.</summary>
    Dns = 1 << 0,

    /// <summary>Some outbound ports are not captured.</summary>
    ExcludesPorts = 1 << 1,

    /// <summary>Some outbound ports are captured whatever the address.</summary>
    IncludesPorts = 1 << 2,

    /// <summary>All outbound ports are captured whatever the address.</summary>
    IncludesAllPorts = 1 << 3,

    /// <summary>Some destinations are not captured.</summary>
    ExcludesRanges = 1 << 4,

    /// <summary>Only some destinations are captured.</summary>
    OnlyIncludedRanges = 1 << 5,

    /// <summary>Some inbound ports are not captured.</summary>
    ExcludesInbound = 1 << 6,

    /// <summary>Only some inbound ports are captured.</summary>
    OnlyIncludedInbound = 1 << 7,

    /// <summary>Other machines are behind some of the pod's devices.</summary>
    VirtualInterfaces = 1 << 8,
}
