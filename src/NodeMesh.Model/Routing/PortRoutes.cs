namespace NodeMesh.Model.Routing;

/// <summary>The routes of requests to one port of a service, for the clients of one namespace.</summary>
public sealed class PortRoutes
{
    private readonly HttpRouteTable<RouteMatch>? _http;
    private readonly GrpcRouteTable<RouteMatch>? _grpc;
    private readonly OrderedRouteTable? _dialled;

    internal PortRoutes(ServiceRoutes routes, string consumer, int port)
    {
        // A consumer's routes hide the producers' from its namespace, of both kinds: the specification does not merge across namespaces.
        var grpc = Select(routes.Grpc, consumer, port);
        var http = Select(routes.Http, consumer, port);
        if (consumer.Length > 0 && grpc.Exists(IsConsumers) != http.Exists(IsConsumers))
        {
            grpc.RemoveAll(r => !IsConsumers(r));
            http.RemoveAll(r => !IsConsumers(r));
        }

        _grpc = grpc.Count == 0 ? null : new GrpcRouteTable<RouteMatch>(grpc.SelectMany(r => Candidates(r, null)));
        _http = http.Count == 0 || _grpc is not null ? null : new HttpRouteTable<RouteMatch>(http.SelectMany(r => Candidates(r, m => m.Path)));
        var lists = routes.Ordered.Where(o => o.ClientNamespace.Length == 0 || o.ClientNamespace == consumer).ToList();
        ByHost = lists.Find(o => o.ByHost) is { } byHost ? new OrderedRouteTable(byHost) : null;
        _dialled = lists.Find(o => !o.ByHost) is { } dialled ? new OrderedRouteTable(dialled) : null;
    }

    /// <summary>True when routes of the Gateway API are attached: what they do not match gets 404, and no list is asked.</summary>
    public bool HasAttachedRoutes => _http is not null || _grpc is not null;

    /// <summary>True when the attached routes are GRPCRoutes: what they do not match is told as gRPC status 12.</summary>
    public bool IsGrpc => _grpc is not null;

    /// <summary>The list that is chosen by the request's authority; null when there is none.</summary>
    public OrderedRouteTable? ByHost { get; }

    /// <summary>The list that is chosen by the dialled service; null when there is none, or when routes of the Gateway API are attached.</summary>
    public OrderedRouteTable? ByService => HasAttachedRoutes ? null : _dialled;

    /// <summary>True when requests have to be seen.</summary>
    public bool SeesRequests => HasAttachedRoutes || ByHost is not null || _dialled is not null;

    /// <summary>Finds the rule of the attached routes.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The rule; null when none matches.</returns>
    public RouteMatch? FindAttached(IRequestFacts request) => _grpc?.Find(request) ?? _http?.Find(request);

    private static bool IsConsumers<TMatch>(AttachedRoute<TMatch> route)
        where TMatch : class => route.Scope.Namespace.Length > 0;

    private static List<AttachedRoute<TMatch>> Select<TMatch>(ValueList<AttachedRoute<TMatch>> routes, string consumer, int port)
        where TMatch : class
    {
        var selected = routes.Where(r => r.Scope.Includes(consumer, port)).ToList();
        if (selected.Exists(IsConsumers))
        {
            selected.RemoveAll(r => !IsConsumers(r));
        }

        return selected;
    }

    private static IEnumerable<RouteCandidate<TMatch, RouteMatch>> Candidates<TMatch>(AttachedRoute<TMatch> route, Func<TMatch, PathMatch>? path)
        where TMatch : class
    {
        foreach (var rule in route.Rules)
        {
            var resource = rule.Action.Origin.Resource;
            var order = new RouteOrder(route.Created, new NamespacedName(resource.Namespace, resource.Name), rule.Action.Origin.Rule);
            foreach (var match in rule.Matches)
            {
                var prefix = path?.Invoke(match) is { Kind: PathMatchKind.Prefix } matched ? matched.Value : null;
                yield return new RouteCandidate<TMatch, RouteMatch>(match, order, new RouteMatch(rule.Action, prefix));
            }
        }
    }
}
