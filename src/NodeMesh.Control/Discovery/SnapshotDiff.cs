using System.Collections.Immutable;
using NodeMesh.Discovery;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Control.Discovery;

/// <summary>
/// Finds what differs between a snapshot and the one before. Objects that are the same by reference cost a lookup; others are encoded and compared by
/// their content's hash, so a source that builds everything anew still causes no push of what did not change.
/// </summary>
internal sealed class SnapshotDiff
{
    private readonly TypeDiff<NamespacedName, Service> _services = new(DiscoveryResource.Of);
    private readonly TypeDiff<string, Workload> _workloads = new(DiscoveryResource.Of);
    private readonly TypeDiff<NamespacedName, AuthorizationPolicy> _policies = new(DiscoveryResource.Of);
    private readonly TypeDiff<NamespacedName, NetworkPolicy> _networkPolicies = new(DiscoveryResource.Of);
    private readonly TypeDiff<string, MeshNode> _nodes = new(DiscoveryResource.Of);
    private readonly TypeDiff<NamespacedName, ServiceRoutes> _routes = new(DiscoveryResource.Of);

    /// <summary>Takes the next snapshot.</summary>
    /// <returns>What differs from the last one; of the first, everything.</returns>
    public DiscoverySnapshotChange Next(CompiledMesh mesh)
    {
        var upserts = ImmutableArray.CreateBuilder<DiscoveryResource>();
        var removals = ImmutableArray.CreateBuilder<string>();
        _services.Next(mesh.Services, upserts, removals);
        _workloads.Next(mesh.Workloads, upserts, removals);
        return new DiscoverySnapshotChange([
            Single(TypeUrls.Authorization, _policies, mesh.Policies),
            Single(TypeUrls.Node, _nodes, mesh.Nodes),
            Single(TypeUrls.Routes, _routes, mesh.Routes),
            new DiscoveryTypeChange(TypeUrls.Address, upserts.ToImmutable(), removals.ToImmutable()),
            // After the workloads, which have the groups that these name.
            Single(TypeUrls.NetworkPolicy, _networkPolicies, mesh.NetworkPolicies),
        ]);
    }

    private static DiscoveryTypeChange Single<TKey, TValue>(string typeUrl, TypeDiff<TKey, TValue> diff, ImmutableDictionary<TKey, TValue> next)
        where TKey : notnull
        where TValue : class
    {
        var upserts = ImmutableArray.CreateBuilder<DiscoveryResource>();
        var removals = ImmutableArray.CreateBuilder<string>();
        diff.Next(next, upserts, removals);
        return new DiscoveryTypeChange(typeUrl, upserts.ToImmutable(), removals.ToImmutable());
    }
}
