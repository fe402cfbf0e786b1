using NodeMesh.Model;
using NodeMesh.Model.Balancing;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Outbound;

/// <summary>
/// Decides where a connection goes when nobody looks at its requests: by the rules for connections of the service that it dialled, then by the traffic
/// policy of the service that it goes to. A service of which nothing is said is decided by <see cref="OutboundRouting"/> alone.
/// </summary>
/// <param name="clusters">The services' endpoints, where policies say something of them.</param>
/// <param name="open">Open connections of each endpoint, for the other services.</param>
/// <param name="random">The source of chance; safe for many threads.</param>
internal sealed class OutboundBalancing(UpstreamClusters clusters, OpenConnections open, Random random)
{
    private readonly Func<Workload, int> _load = open.Of;

    /// <summary>Decides.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The connection.</param>
    /// <param name="source">The client's workload; null when it is not known.</param>
    /// <param name="client">The client's address.</param>
    /// <param name="excluded">UIDs of endpoints that failed already; null for none.</param>
    /// <returns>The decision.</returns>
    public BalancedDecision Decide(MeshModel model, OutboundRequest request, Workload? source, System.Net.IPAddress client, IReadOnlySet<string>? excluded)
    {
        if (OutboundRouting.FindService(model, request.Destination.Address, request.Client.Namespace) is not { } dialled
            || dialled.LoadBalancing.Mode == LoadBalancingMode.Passthrough
            || !HasPort(dialled, request.Destination.Port))
        {
            return Plain(model, request, excluded);
        }

        var (service, port, subset) = (dialled, request.Destination.Port, "");
        if (model.FindRoutes(dialled.Key) is { } tables
            && tables.FindConnectionRule(new RouteClient(request.Client.Namespace, source?.Labels ?? default, port), request.Destination.Address, null, false) is { } rule)
        {
            if (Draw(rule.Backends) is not { Fault: BackendFault.None } backend || model.FindService(backend.Service) is not { } named)
            {
                return new BalancedDecision(Refuse(dialled, $"the rule of {rule.Origin} names no backend that connections can be sent to"), null, null);
            }

            (service, port, subset) = (named, backend.Port, backend.Subset);
        }
        else if (model.FindTrafficPolicy(dialled.Key, request.Client.Namespace) is null)
        {
            return Plain(model, request, excluded);
        }

        var cluster = clusters.Find(model, service, port, subset, request.Client, source);
        var endpoint = cluster.Choose(new EndpointQuery { Hash = HashOf(cluster.Settings.LoadBalancer, client), Excluded = excluded });
        var decision = endpoint is null
            ? Refuse(service, $"no endpoint of service {service.Key} can be used: {cluster.Endpoints.Count} ready, {excluded?.Count ?? 0} failed just now")
            : OutboundRouting.ToEndpoint(model, request, service, new EndpointChoice(endpoint.Workload, endpoint.Port));
        return new BalancedDecision(decision, cluster, endpoint);
    }

    // A connection has no headers: by those, connections go anywhere.
    private static ulong? HashOf(LoadBalancer? balancer, System.Net.IPAddress client) =>
        balancer?.Hash is { On: HashKeyKind.SourceIp } ? StableHash.Of(client) : null;

    private static bool HasPort(Service service, int port)
    {
        foreach (var declared in service.Ports)
        {
            if (declared.Port == port)
            {
                return true;
            }
        }

        return false;
    }

    private static OutboundDecision Refuse(Service service, string reason) =>
        new() { Route = OutboundRoute.Refuse, Refusal = OutboundRefusal.NoHealthyEndpoint, Reason = reason, Service = service };

    private BalancedDecision Plain(MeshModel model, OutboundRequest request, IReadOnlySet<string>? excluded) =>
        new(OutboundRouting.Decide(model, request, _load, excluded, random), null, null);

    private RouteBackend? Draw(ValueList<RouteBackend> backends)
    {
        var total = 0L;
        foreach (var backend in backends)
        {
            total += backend.Weight;
        }

        var ticket = total == 0 ? 0 : random.NextInt64(total);
        foreach (var backend in backends)
        {
            ticket -= backend.Weight;
            if (ticket < 0)
            {
                return backend;
            }
        }

        return null;
    }
}
