using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Capture;

/// <summary>What of a pod's traffic stays outside the mesh, as its annotations say.</summary>
public sealed partial record CaptureExclusions
{
    /// <summary>Nothing is excluded.</summary>
    public static CaptureExclusions None { get; } = new();

    /// <summary>Inbound TCP ports that are captured; null for all.</summary>
    public ImmutableArray<int>? IncludeInboundPorts { get; init; }

    /// <summary>Inbound TCP ports that are not captured.</summary>
    public ImmutableArray<int> ExcludeInboundPorts { get; init; } = [];

    /// <summary>Outbound TCP ports that are captured whatever the address ranges say.</summary>
    public ImmutableArray<int> IncludeOutboundPorts { get; init; } = [];

    /// <summary>True when every outbound port is captured whatever the address ranges say.</summary>
    public bool IncludeAllOutboundPorts { get; init; }

    /// <summary>Outbound TCP ports that are not captured; 53 also leaves DNS over UDP alone.</summary>
    public ImmutableArray<int> ExcludeOutboundPorts { get; init; } = [];

    /// <summary>Outbound destinations that are captured; null for all.</summary>
    public ImmutableArray<IPNetwork>? IncludeOutboundRanges { get; init; }

    /// <summary>Outbound destinations that are not captured.</summary>
    public ImmutableArray<IPNetwork> ExcludeOutboundRanges { get; init; } = [];

    /// <summary>Interfaces of the pod behind which other machines are: what they open counts as outbound.</summary>
    public ImmutableArray<string> VirtualInterfaces { get; init; } = [];

    /// <summary>False when DNS is left alone.</summary>
    public bool CaptureDns { get; init; } = true;
}
