using NodeMesh.Model;
using NodeMesh.Model.Balancing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Puts the endpoints of a service into groups: by the client's place and the policy's shares, or by nearness, or all into one.</summary>
/// <param name="service">The service.</param>
/// <param name="settings">The traffic settings.</param>
/// <param name="client">Where the clients are.</param>
/// <param name="clientLabels">Their labels.</param>
internal sealed class EndpointSetBuilder(Service service, TrafficSettings settings, ClientPlacement client, ValueList<WorkloadLabel> clientLabels)
{
    private static readonly LocalityBalancing ByPlace = new();
    private static readonly LoadBalancer Default = new();

    /// <summary>Builds.</summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="balancers">The balancers.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The set.</returns>
    public EndpointSet Build(UpstreamEndpoint[] endpoints, Balancers balancers, TimeProvider time)
    {
        var balancer = settings.LoadBalancer ?? Default;
        var panic = settings.Resilience?.PanicPercent ?? settings.OutlierDetection?.MinHealthPercent ?? 0;
        var locality = Locality(balancer);
        var groups = new List<EndpointGroup>();
        if (locality is not null && SharesOf(locality) is { } shares)
        {
            var left = endpoints.ToList();
            foreach (var share in shares)
            {
                // The most specific first, so that r1/z1/* and r1/* divide a region.
                var members = left.FindAll(e => LocalityPattern.Matches(share.Locality, e.Workload.Locality));
                left.RemoveAll(members.Contains);
                groups.Add(Group(members, share.Weight));
            }

            return new EndpointSet([.. groups], shared: true, balancers.Of(balancer.Kind), balancers.Random, panic);
        }

        foreach (var group in endpoints.GroupBy(e => Priority(locality, e.Workload)).OrderBy(g => g.Key))
        {
            groups.Add(Group(group, 0));
        }

        return new EndpointSet([.. groups], shared: false, balancers.Of(balancer.Kind), balancers.Random, panic);

        EndpointGroup Group(IEnumerable<UpstreamEndpoint> members, int share) => new([.. members], balancer, share, (uint)balancers.Random.Next(), time);
    }

    /// <summary>Says whether a workload is an endpoint for these clients at all.</summary>
    /// <param name="workload">A workload of the service.</param>
    /// <returns>True when it takes connections and no preference rules it out.</returns>
    public bool Includes(Workload workload)
    {
        var balancing = service.LoadBalancing;
        return (workload.Health == WorkloadHealth.Healthy || balancing.AllowUnhealthy)
            && (balancing.Mode != LoadBalancingMode.Strict || EndpointSelector.Rank(balancing.Preferences, client, workload) == balancing.Preferences.Length);
    }

    // With outlier detection nearness counts even where nothing is said of it, as with Istio.
    private LocalityBalancing? Locality(LoadBalancer balancer) => balancer.Locality switch
    {
        { Enabled: false } => null,
        { } own => own,
        null => settings.OutlierDetection is not null && service.LoadBalancing.Mode is LoadBalancingMode.Unspecified ? ByPlace : null,
    };

    private List<LocalityShare>? SharesOf(LocalityBalancing locality)
    {
        foreach (var distribution in locality.Distribute)
        {
            if (LocalityPattern.Matches(distribution.From, client.Locality))
            {
                return [.. distribution.To.OrderByDescending(s => Specificity(s.Locality))];
            }
        }

        return null;
    }

    private int Priority(LocalityBalancing? locality, Workload workload) => locality is not null
        ? LocalityPriority.Of(locality, client, clientLabels, workload)
        : service.LoadBalancing is { Mode: LoadBalancingMode.Failover } balancing
            ? balancing.Preferences.Length - EndpointSelector.Rank(balancing.Preferences, client, workload)
            : 0;

    private static int Specificity(string pattern) => pattern.Split('/').Count(p => p is not ("" or "*"));
}
