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
    /// <param name="hello">What its first bytes say of TLS.</param>
    /// <returns>The decision.</returns>
    public BalancedDecision Decide(
        MeshModel model, OutboundRequest request, Workload? source, System.Net.IPAddress client, IReadOnlySet<string>? excluded, TlsHello hello = default)
    {
        if (Find(model, request, hello) is not { } dialled || dialled.FindPort(request.Destination.Port) is null)
        {
            return Plain(model, request, excluded);
        }

        var (service, port, subset) = (dialled, request.Destination.Port, "");
        if (FindRule(model, dialled, new RouteClient(request.Client.Namespace, source?.Labels ?? default, port), request.Destination.Address, hello) is { } rule)
        {
            if (Draw(rule.Backends) is not { Fault: BackendFault.None } backend || model.FindService(backend.Service) is not { } named)
            {
                return new BalancedDecision(Refuse(dialled, $"the rule of {rule.Origin} names no backend that connections can be sent to"), null, null);
            }

            (service, port, subset) = (named, backend.Port == 0 ? port : backend.Port, backend.Subset);
        }
        else if (!dialled.IsNamedOnly && model.FindTrafficPolicy(dialled.Key, request.Client.Namespace) is null)
        {
            return Plain(model, request, excluded);
        }

        var cluster = clusters.Find(model, service, port, subset, request.Client, source);
        if (service.LoadBalancing.Mode == LoadBalancingMode.Passthrough)
        {
            var onwards = new OutboundDecision { Route = OutboundRoute.Passthrough, Service = service, Endpoint = request.Destination };
            return new BalancedDecision(OutboundTls.Apply(onwards, cluster.Settings.Tls, hello.ServerName ?? ""), null, null);
        }

        var endpoint = cluster.Choose(new EndpointQuery { Hash = HashOf(cluster.Settings.LoadBalancer, client), Excluded = excluded });
        var decision = endpoint is null
            ? Refuse(service, $"no endpoint of service {service.Key} can be used: {cluster.Endpoints.Count} ready, {excluded?.Count ?? 0} failed just now")
            : OutboundTls.Apply(
                OutboundRouting.ToEndpoint(model, request, service, new EndpointChoice(endpoint.Workload, endpoint.Port)), cluster.Settings.Tls, hello.ServerName ?? "");
        return new BalancedDecision(decision, cluster, endpoint);
    }

    private static Service? Find(MeshModel model, OutboundRequest request, TlsHello hello)
    {
        var (destination, view) = (request.Destination, ClientView.Of(request.Client));
        if (OutboundRouting.FindService(model, destination.Address, view) is { } dialled)
        {
            return hello.ServerName is null ? dialled : OutboundNames.Among(model, dialled, destination.Address, hello.ServerName, view);
        }

        return model.FindWorkload(destination.Address) is null ? OutboundNames.FindNamedOnly(model, hello.ServerName, destination.Port, view) : null;
    }

    // A ServiceEntry with a wildcard may have rules for single names below it.
    private static ConnectionRule? FindRule(MeshModel model, Service dialled, in RouteClient client, System.Net.IPAddress destination, TlsHello hello)
    {
        if (hello.ServerName is { } name && HostPattern.IsPattern(dialled.Hostname))
        {
            foreach (var tables in model.FindRoutes(name))
            {
                if (tables.FindConnectionRule(client, destination, name, hello.IsTls) is { } closer)
                {
                    return closer;
                }
            }
        }

        return model.FindRoutes(dialled.Key)?.FindConnectionRule(client, destination, hello.ServerName, hello.IsTls);
    }

    // A connection has no headers: by those, connections go anywhere.
    private static ulong? HashOf(LoadBalancer? balancer, System.Net.IPAddress client) =>
        balancer?.Hash is { On: HashKeyKind.SourceIp } ? StableHash.Of(client) : null;

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
