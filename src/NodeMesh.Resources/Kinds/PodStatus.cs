using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>How a pod goes.</summary>
[KnownFields("nominatedNodeName", "qosClass", "resize", "ephemeralContainerStatuses", "resourceClaimStatuses", "observedGeneration", "extendedResourceClaimStatus", "allocatedResources", "resources")]
public sealed record PodStatus
{
    /// <summary>Where it is in its life.</summary>
    [OneOf("Pending", "Running", "Succeeded", "Failed", "Unknown")]
    public string? Phase { get; init; }

    /// <summary>Its first address.</summary>
    public string? PodIP { get; init; }

    /// <summary>Its addresses, at most one per family.</summary>
    public ImmutableArray<PodIP> PodIPs { get; init; } = [];

    /// <summary>Its node's first address.</summary>
    public string? HostIP { get; init; }

    /// <summary>Its node's addresses.</summary>
    public ImmutableArray<HostIP> HostIPs { get; init; } = [];

    /// <summary>Its conditions; Ready decides endpoints.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>Its containers.</summary>
    public ImmutableArray<ContainerStatus> ContainerStatuses { get; init; } = [];

    /// <summary>Its init containers.</summary>
    public ImmutableArray<ContainerStatus> InitContainerStatuses { get; init; } = [];

    /// <summary>When it was taken on by its node.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>A word for programs.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }
}
