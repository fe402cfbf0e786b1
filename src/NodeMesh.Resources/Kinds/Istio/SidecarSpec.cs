using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What workloads see of the mesh.</summary>
public sealed record SidecarSpec
{
    /// <summary>Which workloads; all of the namespace when missing.</summary>
    public WorkloadLabels? WorkloadSelector { get; init; }

    /// <summary>Listeners for what comes in.</summary>
    public ImmutableArray<SidecarIngress> Ingress { get; init; } = [];

    /// <summary>What may be reached.</summary>
    public ImmutableArray<SidecarEgress> Egress { get; init; } = [];

    /// <summary>Limits on what comes in.</summary>
    public ConnectionPoolSettings? InboundConnectionPool { get; init; }

    /// <summary>What becomes of traffic to unknown destinations.</summary>
    public OutboundTrafficPolicy? OutboundTrafficPolicy { get; init; }
}
