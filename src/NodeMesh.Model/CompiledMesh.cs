using System.Collections.Immutable;
using NodeMesh.Model.Routing;

namespace NodeMesh.Model;

/// <summary>
/// Everything that the configuration says at one instant. A source hands out one snapshot after another; what did not change between two of them is
/// the same object by reference wherever that is cheap for the source, since discovery compares by reference first.
/// </summary>
/// <param name="Workloads">Workloads by <see cref="Workload.Uid"/>.</param>
/// <param name="Services">Services by <see cref="Service.Key"/>.</param>
/// <param name="Policies">Authorisation policies by <see cref="AuthorizationPolicy.Key"/>.</param>
/// <param name="Nodes">Nodes by <see cref="MeshNode.Name"/>.</param>
/// <param name="Placements">Which service accounts have pods on which node, pods without an address included.</param>
public sealed record CompiledMesh(
    ImmutableDictionary<string, Workload> Workloads,
    ImmutableDictionary<NamespacedName, Service> Services,
    ImmutableDictionary<NamespacedName, AuthorizationPolicy> Policies,
    ImmutableDictionary<string, MeshNode> Nodes,
    ImmutableHashSet<WorkloadPlacement> Placements)
{
    /// <summary>Routes and traffic policies by <see cref="ServiceRoutes.Key"/>.</summary>
    public ImmutableDictionary<NamespacedName, ServiceRoutes> Routes { get; init; } = ImmutableDictionary<NamespacedName, ServiceRoutes>.Empty;

    /// <summary>NetworkPolicies by <see cref="NetworkPolicy.Key"/>.</summary>
    public ImmutableDictionary<NamespacedName, NetworkPolicy> NetworkPolicies { get; init; } = ImmutableDictionary<NamespacedName, NetworkPolicy>.Empty;

    /// <summary>A mesh of nothing.</summary>
    public static CompiledMesh Empty { get; } = new(
        ImmutableDictionary<string, Workload>.Empty,
        ImmutableDictionary<NamespacedName, Service>.Empty,
        ImmutableDictionary<NamespacedName, AuthorizationPolicy>.Empty,
        ImmutableDictionary<string, MeshNode>.Empty,
        ImmutableHashSet<WorkloadPlacement>.Empty);
}
