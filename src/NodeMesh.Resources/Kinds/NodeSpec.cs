using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What is asked of a node.</summary>
[KnownFields("providerID", "externalID", "configSource")]
public sealed record NodeSpec
{
    /// <summary>The first pod subnet.</summary>
    public string? PodCIDR { get; init; }

    /// <summary>The pod subnets, at most one per family.</summary>
    public ImmutableArray<string> PodCIDRs { get; init; } = [];

    /// <summary>True when no new pods go there.</summary>
    public bool? Unschedulable { get; init; }

    /// <summary>Taints; without effect here.</summary>
    public ManifestNode? Taints { get; init; }
}
