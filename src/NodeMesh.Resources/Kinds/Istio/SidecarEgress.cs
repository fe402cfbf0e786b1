using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What may be reached through a listener.</summary>
public sealed record SidecarEgress
{
    /// <summary>Its port; all others when missing.</summary>
    public SidecarPort? Port { get; init; }

    /// <summary>Its address.</summary>
    public string? Bind { get; init; }

    /// <summary>How traffic gets to it.</summary>
    [OneOf("DEFAULT", "IPTABLES", "NONE")]
    public string? CaptureMode { get; init; }

    /// <summary>Services, as NAMESPACE/HOST.</summary>
    public required ImmutableArray<string> Hosts { get; init; }
}
