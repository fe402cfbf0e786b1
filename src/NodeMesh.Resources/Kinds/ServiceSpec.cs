using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a Service wants.</summary>
[KnownFields("allocateLoadBalancerNodePorts", "healthCheckNodePort", "loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges", "externalTrafficPolicy")]
public sealed record ServiceSpec
{
    /// <summary>ClusterIP when missing.</summary>
    [OneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")]
    public string? Type { get; init; }

    /// <summary>The virtual address; None for a headless service; assigned when missing.</summary>
    public string? ClusterIP { get; init; }

    /// <summary>The virtual addresses, at most one per family.</summary>
    public ImmutableArray<string> ClusterIPs { get; init; } = [];

    /// <summary>IPv4 and IPv6.</summary>
    public ImmutableArray<string> IpFamilies { get; init; } = [];

    /// <summary>How many families it gets.</summary>
    [OneOf("SingleStack", "PreferDualStack", "RequireDualStack")]
    public string? IpFamilyPolicy { get; init; }

    /// <summary>Its ports.</summary>
    public ImmutableArray<ServicePortSpec> Ports { get; init; } = [];

    /// <summary>Labels of the pods that back it; none: its endpoints are written by hand.</summary>
    public ImmutableDictionary<string, string> Selector { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The DNS name that it stands for (type ExternalName).</summary>
    public string? ExternalName { get; init; }

    /// <summary>Further addresses.</summary>
    public ImmutableArray<string> ExternalIPs { get; init; } = [];

    /// <summary>True when pods that are not ready count too.</summary>
    public bool? PublishNotReadyAddresses { get; init; }

    /// <summary>Accepted; the mesh does not keep affinity.</summary>
    [OneOf("None", "ClientIP")]
    public string? SessionAffinity { get; init; }

    /// <summary>Accepted; the mesh does not keep affinity.</summary>
    public ManifestNode? SessionAffinityConfig { get; init; }

    /// <summary>Local: only endpoints on the client's node.</summary>
    [OneOf("Cluster", "Local")]
    public string? InternalTrafficPolicy { get; init; }

    /// <summary>Which endpoints are preferred.</summary>
    [OneOf("PreferClose", "PreferSameZone", "PreferSameNode")]
    public string? TrafficDistribution { get; init; }
}
