using System.Collections.Immutable;
using NodeMesh.Discovery;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Proxy.State;

/// <summary>Brings what discovery says into the <see cref="MeshState"/>.</summary>
/// <param name="state">The model's holder.</param>
/// <param name="observer">Counts; null for nobody.</param>
/// <param name="connected">Told when the control plane is there, for the first time or again; null for nobody.</param>
internal sealed class MeshDiscovery(MeshState state, IPipelineObserver? observer = null, Action? connected = null) : IDiscoveryHandler
{
    private readonly HashSet<string> _missing = [TypeUrls.Address, TypeUrls.Authorization, TypeUrls.NetworkPolicy, TypeUrls.Node, TypeUrls.Routes];

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<RejectedResource>> ApplyAsync(DiscoveryUpdate update, CancellationToken cancellationToken)
    {
        observer?.DiscoveryMessage(update.TypeUrl);
        state.Touch();
        state.Apply(Translate(update));

        // Only what is complete counts: half of the policies would let through what the other half refuses.
        if (update.IsLast && _missing.Remove(update.TypeUrl) && _missing.Count == 0)
        {
            state.MarkSynced();
        }

        return ValueTask.FromResult(ImmutableArray<RejectedResource>.Empty);
    }

    /// <inheritdoc/>
    public void OnConnected() => connected?.Invoke();

    /// <inheritdoc/>
    public void OnEnded(DiscoveryEnd reason) => observer?.DiscoveryEnded(reason);

    private ModelChange Translate(DiscoveryUpdate update)
    {
        var models = update.Added.Select(a => a.Model).ToList();
        var change = new ModelChange
        {
            Workloads = [.. models.OfType<Workload>()],
            Services = [.. models.OfType<Service>()],
            Policies = [.. models.OfType<AuthorizationPolicy>()],
            NetworkPolicies = [.. models.OfType<NetworkPolicy>()],
            Nodes = [.. models.OfType<MeshNode>()],
            Routes = [.. models.OfType<ServiceRoutes>()],
        };
        return update.TypeUrl switch
        {
            TypeUrls.Address => change with
            {
                RemovedWorkloads = [.. update.Removed.Where(n => state.Current.FindWorkload(n) is not null)],
                RemovedServices = [.. update.Removed.Select(ParseKey).Where(k => state.Current.FindService(k) is not null)],
            },
            TypeUrls.Authorization => change with { RemovedPolicies = [.. update.Removed.Select(ParseKey)] },
            TypeUrls.NetworkPolicy => change with { RemovedNetworkPolicies = [.. update.Removed.Select(ParseKey)] },
            TypeUrls.Node => change with { RemovedNodes = update.Removed },
            TypeUrls.Routes => change with { RemovedRoutes = [.. update.Removed.Select(ParseKey)] },
            _ => change,
        };
    }

    private static NamespacedName ParseKey(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new NamespacedName("", name) : new NamespacedName(name[..slash], name[(slash + 1)..]);
    }
}
