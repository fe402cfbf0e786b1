using System.Buffers;
using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>
/// Chooses an endpoint of a service: of the endpoints that take connections and serve the port, those that rank best by the service's preferences;
/// of these two at random, weighted by capacity; of the two the one with fewer open connections for its capacity.
/// </summary>
public static class EndpointSelector
{
    /// <summary>Chooses.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">The service's port.</param>
    /// <param name="endpoints">The workloads that back it.</param>
    /// <param name="client">Where the client is.</param>
    /// <param name="load">Open connections of a workload, as this node sees them.</param>
    /// <param name="excluded">UIDs that failed already; null for none.</param>
    /// <param name="random">The source of chance.</param>
    /// <returns>The endpoint; null when there is none.</returns>
    public static EndpointChoice? Select(
        Service service,
        int port,
        ImmutableArray<Workload> endpoints,
        ClientPlacement client,
        Func<Workload, int> load,
        IReadOnlySet<string>? excluded,
        Random random)
    {
        var candidates = ArrayPool<EndpointChoice>.Shared.Rent(Math.Max(1, endpoints.Length));
        try
        {
            var count = Collect(service, port, endpoints, client, excluded, candidates);
            return count switch
            {
                0 => null,
                1 => candidates[0],
                _ => PickOfTwo(candidates.AsSpan(0, count), load, random),
            };
        }
        finally
        {
            ArrayPool<EndpointChoice>.Shared.Return(candidates, clearArray: true);
        }
    }

    /// <summary>The workload's own port for a service's port: the workload's own mapping, else the service's target port, else the same number.</summary>
    /// <param name="service">The service.</param>
    /// <param name="workload">A workload that backs it.</param>
    /// <param name="port">The service's port.</param>
    /// <returns>The port; null when the service has no such port, or this workload does not serve it (a named port that its containers lack).</returns>
    public static int? ResolvePort(Service service, Workload workload, int port)
    {
        foreach (var binding in workload.Services)
        {
            if (binding.Service != service.Key)
            {
                continue;
            }

            foreach (var own in binding.Ports)
            {
                if (own.Port == port && own.TargetPort > 0)
                {
                    return own.TargetPort;
                }
            }
        }

        foreach (var declared in service.Ports)
        {
            if (declared.Port == port)
            {
                return declared.TargetPort > 0 ? declared.TargetPort : null;
            }
        }

        return null;
    }

    /// <summary>How many leading preferences client and endpoint share; the first that differs ends the count.</summary>
    /// <param name="preferences">The preferences, the most important first.</param>
    /// <param name="client">The client.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>0 to the number of preferences.</returns>
    public static int Rank(ImmutableArray<TrafficScope> preferences, ClientPlacement client, Workload endpoint)
    {
        var rank = 0;
        while (rank < preferences.Length && Shares(preferences[rank], client, endpoint))
        {
            rank++;
        }

        return rank;
    }

    private static int Collect(
        Service service,
        int port,
        ImmutableArray<Workload> endpoints,
        ClientPlacement client,
        IReadOnlySet<string>? excluded,
        EndpointChoice[] candidates)
    {
        var balancing = service.LoadBalancing;
        var ranked = balancing.Mode is LoadBalancingMode.Strict or LoadBalancingMode.Failover;
        var best = balancing.Mode == LoadBalancingMode.Strict ? balancing.Preferences.Length : 0;
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Health != WorkloadHealth.Healthy && !balancing.AllowUnhealthy)
            {
                continue;
            }

            if (excluded?.Contains(endpoint.Uid) == true || ResolvePort(service, endpoint, port) is not { } target)
            {
                continue;
            }

            var rank = ranked ? Rank(balancing.Preferences, client, endpoint) : 0;
            if (rank < best)
            {
                continue;
            }

            if (rank > best)
            {
                best = rank;
                count = 0;
            }

            candidates[count++] = new EndpointChoice(endpoint, target);
        }

        return count;
    }

    private static bool Shares(TrafficScope scope, ClientPlacement client, Workload endpoint) => scope switch
    {
        TrafficScope.Region => client.Locality.Region == endpoint.Locality.Region,
        TrafficScope.Zone => client.Locality.Zone == endpoint.Locality.Zone,
        TrafficScope.Subzone => client.Locality.Subzone == endpoint.Locality.Subzone,
        TrafficScope.Node => client.Node == endpoint.Node,
        TrafficScope.Cluster => client.ClusterId == endpoint.ClusterId,
        TrafficScope.Network => client.Network == endpoint.Network,
        _ => false,
    };

    private static EndpointChoice PickOfTwo(ReadOnlySpan<EndpointChoice> candidates, Func<Workload, int> load, Random random)
    {
        var total = 0L;
        foreach (var candidate in candidates)
        {
            total += Weight(candidate.Workload);
        }

        var first = Draw(candidates, total, -1, random);
        var second = Draw(candidates, total - Weight(candidates[first].Workload), first, random);
        var (a, b) = (candidates[first].Workload, candidates[second].Workload);

        // Connections per capacity, compared without dividing: the new connection counts, so that a large empty endpoint beats a small empty one.
        return (load(a) + 1L) * Weight(b) <= (load(b) + 1L) * Weight(a) ? candidates[first] : candidates[second];
    }

    private static int Draw(ReadOnlySpan<EndpointChoice> candidates, long total, int except, Random random)
    {
        var ticket = random.NextInt64(total);
        for (var i = 0; i < candidates.Length; i++)
        {
            if (i == except)
            {
                continue;
            }

            ticket -= Weight(candidates[i].Workload);
            if (ticket < 0)
            {
                return i;
            }
        }

        throw new InvalidOperationException("the weights do not add up to their total");
    }

    private static long Weight(Workload workload) => Math.Max(1, workload.Capacity);
}
