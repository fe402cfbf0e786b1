using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a node is.</summary>
[KnownFields("capacity", "allocatable", "phase", "daemonEndpoints", "nodeInfo", "images", "volumesInUse", "volumesAttached", "config", "runtimeHandlers", "features", "declaredFeatures")]
public sealed record NodeStatus
{
    /// <summary>Its addresses and names.</summary>
    public ImmutableArray<NodeAddress> Addresses { get; init; } = [];

    /// <summary>Its conditions.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];
}
