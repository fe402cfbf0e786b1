using System.Collections.Immutable;
using NodeMesh.Model.Routing;

namespace NodeMesh.Model;

/// <summary>What one update changes in a <see cref="MeshModel"/>: removals are applied first, then the objects replace those of the same key.</summary>
public sealed record ModelChange
{
    /// <summary>New and changed workloads.</summary>
    public ImmutableArray<Workload> Workloads { get; init; } = [];

    /// <summary>UIDs of workloads that are gone; unknown ones are ignored.</summary>
    public ImmutableArray<string> RemovedWorkloads { get; init; } = [];

    /// <summary>New and changed services.</summary>
    public ImmutableArray<Service> Services { get; init; } = [];

    /// <summary>Keys of services that are gone; unknown ones are ignored.</summary>
    public ImmutableArray<NamespacedName> RemovedServices { get; init; } = [];

    /// <summary>New and changed policies.</summary>
    public ImmutableArray<AuthorizationPolicy> Policies { get; init; } = [];

    /// <summary>Keys of policies that are gone; unknown ones are ignored.</summary>
    public ImmutableArray<NamespacedName> RemovedPolicies { get; init; } = [];

    /// <summary>New and changed NetworkPolicies.</summary>
    public ImmutableArray<NetworkPolicy> NetworkPolicies { get; init; } = [];

    /// <summary>Keys of NetworkPolicies that are gone; unknown ones are ignored.</summary>
    public ImmutableArray<NamespacedName> RemovedNetworkPolicies { get; init; } = [];

    /// <summary>New and changed nodes.</summary>
    public ImmutableArray<MeshNode> Nodes { get; init; } = [];

    /// <summary>Names of nodes that are gone; unknown ones are ignored.</summary>
    public ImmutableArray<string> RemovedNodes { get; init; } = [];

    /// <summary>New and changed routes.</summary>
    public ImmutableArray<ServiceRoutes> Routes { get; init; } = [];

    /// <summary>Keys of routes that are gone; unknown ones are ignored.</summary>
    public ImmutableArray<NamespacedName> RemovedRoutes { get; init; } = [];

    /// <summary>True when nothing changes.</summary>
    public bool IsEmpty =>
        Workloads.IsEmpty && RemovedWorkloads.IsEmpty && Services.IsEmpty && RemovedServices.IsEmpty &&
        Policies.IsEmpty && RemovedPolicies.IsEmpty && Nodes.IsEmpty && RemovedNodes.IsEmpty && Routes.IsEmpty && RemovedRoutes.IsEmpty &&
        NetworkPolicies.IsEmpty && RemovedNetworkPolicies.IsEmpty;
}
