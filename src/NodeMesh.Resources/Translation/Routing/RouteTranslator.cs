using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates the routes and traffic policies of every dialect to what the model has for each service.</summary>
internal sealed class RouteTranslator
{
    /// <summary>The kinds that are translated to routes.</summary>
    public static readonly ImmutableArray<ResourceKind> TranslatedKinds =
    [
        ResourceKinds.HttpRoute, ResourceKinds.GrpcRoute, ResourceKinds.TlsRoute, ResourceKinds.TcpRoute, ResourceKinds.ReferenceGrant, ResourceKinds.VirtualService,
        ResourceKinds.DestinationRule, ResourceKinds.TrafficSplit, ResourceKinds.HttpRouteGroup,
    ];

    private readonly ResourceCatalog _catalog;
    private readonly ServiceDirectory _services;
    private readonly RouteFindings _findings = new();
    private readonly ParentJudge _parents;
    private readonly RouteConditions _conditions;
    private readonly GatewayRouteTranslator _gateway;
    private readonly ConnectionRouteTranslator _connections;
    private readonly DestinationRuleCatalog _destinationRules;
    private readonly VirtualServiceCatalog _virtualServices;
    private readonly Dictionary<NamespacedName, ServiceRoutes> _routes = [];

    private RouteTranslator(MeshSettings settings, ResourceCatalog catalog, IEnumerable<Service> services)
    {
        _catalog = catalog;
        _services = new ServiceDirectory(services, settings.ClusterDomain);
        _parents = new ParentJudge(_services);
        var backends = new BackendJudge(_services, new GrantIndex(catalog.Of(ResourceKinds.ReferenceGrant)));
        _conditions = new RouteConditions(_parents, backends);
        _gateway = new GatewayRouteTranslator(backends, _findings);
        _connections = new ConnectionRouteTranslator(backends, _findings);
        _destinationRules = new DestinationRuleCatalog(catalog.Of(ResourceKinds.DestinationRule), _services, settings.RootNamespace, _findings);
        var subsets = _services.All.SelectMany(s => _destinationRules.Subsets(s.Hostname).Select(name => (s.Key, name))).ToLookup(p => p.Key, p => p.name);
        var virtualServices = catalog.Of(ResourceKinds.VirtualService);
        var actions = new VirtualServiceActions(new DestinationJudge(_services, subsets, _findings), _findings);
        var rules = new VirtualServiceTranslator(new DelegateResolver(virtualServices, _findings), actions, _findings);
        _virtualServices = new VirtualServiceCatalog(virtualServices, _services, rules, _findings);
    }

    /// <summary>Translates.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="catalog">The resources.</param>
    /// <param name="services">The services.</param>
    /// <returns>The routes.</returns>
    public static RouteTranslation Translate(MeshSettings settings, ResourceCatalog catalog, IEnumerable<Service> services) => new RouteTranslator(settings, catalog, services).Run();

    private RouteTranslation Run()
    {
        AttachGateway();
        AddHosts();
        var splits = new TrafficSplitTranslator(_services, _catalog.Of(ResourceKinds.HttpRouteGroup), _findings).Translate(_catalog.Of(ResourceKinds.TrafficSplit), FirstAttached);
        foreach (var (service, split) in splits)
        {
            Change(service, r => r with { Ordered = [.. r.Ordered, split] });
        }

        foreach (var service in _services.All)
        {
            if (_destinationRules.For(service).ToList() is { Count: > 0 } policies)
            {
                Change(service.Key, r => r with { TrafficPolicies = [.. policies] });
            }
        }

        foreach (var (service, ports) in new ResilienceTranslator(_services, _findings).Translate(_catalog.Of(ResourceKinds.ResiliencePolicy)))
        {
            Change(service, r => r with { TrafficPolicies = [.. ResilienceTranslator.Join(r.TrafficPolicies, ports)] });
        }

        var limits = RateLimitTranslator.Translate(_catalog.Of(ResourceKinds.RateLimitPolicy), _services.Find, _findings);
        foreach (var (service, rules) in limits)
        {
            Change(service, r => r with { RateLimits = [.. rules] });
        }

        var labels = _routes.Values.SelectMany(LabelsOf).ToImmutableHashSet(StringComparer.Ordinal);
        return new RouteTranslation(_routes.ToImmutableDictionary(), labels, _findings.All) { Parents = _conditions.Build(_catalog) };
    }

    private void AttachGateway()
    {
        foreach (var route in _catalog.Of(ResourceKinds.HttpRoute))
        {
            var spec = ((HttpRouteResource)route.Resource!).Spec;
            Attach(route, spec.ParentRefs, spec.Hostnames, () => _gateway.Http(route), (routes, scope, rules) => routes with
            {
                Http = [.. routes.Http, new AttachedRoute<HttpMatch> { Scope = scope, Created = route.Resource!.Metadata.CreationTimestamp, Rules = rules }],
            });
        }

        foreach (var route in _catalog.Of(ResourceKinds.GrpcRoute))
        {
            if (((GrpcRouteResource)route.Resource!).Spec is { } spec)
            {
                Attach(route, spec.ParentRefs, spec.Hostnames, () => _gateway.Grpc(route), (routes, scope, rules) => routes with
                {
                    Grpc = [.. routes.Grpc, new AttachedRoute<GrpcMatch> { Scope = scope, Created = route.Resource!.Metadata.CreationTimestamp, Rules = rules }],
                });
            }
        }

        // TLSRoutes say more than TCPRoutes; consumers' go before producers', older before newer.
        var connectionRoutes = _catalog.Of(ResourceKinds.TlsRoute).Concat(_catalog.Of(ResourceKinds.TcpRoute))
            .OrderByDescending(r => r.Kind == ResourceKinds.TlsRoute)
            .ThenBy(r => r.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(r => r.Key.ToString(), StringComparer.Ordinal);
        foreach (var route in connectionRoutes)
        {
            var parents = route.Resource is TlsRouteResource tls ? tls.Spec.ParentRefs : ((TcpRouteResource)route.Resource!).Spec.ParentRefs;
            Attach(route, parents, [], () => _connections.Translate(route), (routes, scope, rules) => routes with
            {
                Connections = scope.Namespace.Length > 0
                    ? [.. rules.Select(r => r with { Scope = scope }), .. routes.Connections]
                    : [.. routes.Connections, .. rules.Select(r => r with { Scope = scope })],
            });
        }
    }

    private void Attach<TRules>(
        ManifestDocument route,
        ImmutableArray<ParentReference> parents,
        ImmutableArray<string> hostnames,
        Func<TRules> translate,
        Func<ServiceRoutes, RouteScope, TRules, ServiceRoutes> add)
        where TRules : struct
    {
        TRules? rules = null;
        foreach (var (i, parent) in parents.Index().Where(p => ParentJudge.IsMesh(p.Item)))
        {
            var attachments = _parents.Attach(route, parent, out var problem);
            if (problem.Length > 0)
            {
                _findings.NotFound(route, $"spec.parentRefs[{i}]", $"the route is not attached: {problem}");
            }

            foreach (var attachment in attachments)
            {
                rules ??= translate();
                Change(attachment.Service.Key, r => add(r, attachment.Scope, rules.Value));
            }
        }

        if (rules is not null && !hostnames.IsEmpty)
        {
            _findings.NoEffect(route, "spec.hostnames", "has no effect for Services: their routes are chosen by the Service's address, not by the name that a request gives");
        }
    }

    // A VirtualService for a service's host is the service's; one for a host that no service has stands by itself.
    private void AddHosts()
    {
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in _services.All)
        {
            hosts.Add(service.Hostname);
            var (ordered, connections) = _virtualServices.For(service.Hostname, null, FirstAttached(service.Key));
            if (ordered.Count + connections.Count > 0)
            {
                Change(service.Key, r => r with { Ordered = [.. r.Ordered, .. ordered], Connections = [.. r.Connections, .. connections] });
            }
        }

        foreach (var host in _virtualServices.Hosts.Where(h => !hosts.Contains(h.Name)))
        {
            var (ordered, connections) = _virtualServices.For(host.Name, host.Namespace, null);
            Change(host, r => r with { Ordered = [.. r.Ordered, .. ordered], Connections = [.. r.Connections, .. connections] });
        }
    }

    private ResourceOrigin? FirstAttached(NamespacedName service) =>
        !_routes.TryGetValue(service, out var routes) ? null
        : routes.Http.Select(r => (r.Created, r.Rules[0].Action.Origin.Resource))
            .Concat(routes.Grpc.Select(r => (r.Created, r.Rules[0].Action.Origin.Resource)))
            .OrderBy(r => r.Created ?? DateTimeOffset.MaxValue).ThenBy(r => r.Resource.ToString(), StringComparer.Ordinal)
            .Select(r => r.Resource).FirstOrDefault();

    private void Change(NamespacedName key, Func<ServiceRoutes, ServiceRoutes> change) =>
        _routes[key] = change(_routes.TryGetValue(key, out var routes) ? routes : new ServiceRoutes { Key = key });

    private static IEnumerable<string> LabelsOf(ServiceRoutes routes) =>
        routes.Ordered.SelectMany(o => o.Rules).SelectMany(r => r.Matches).SelectMany(m => m.SourceLabels).Concat(routes.Connections.SelectMany(c => c.SourceLabels)).Select(l => l.Key)
            .Concat(routes.TrafficPolicies.SelectMany(LabelsOf));

    private static IEnumerable<string> LabelsOf(TrafficPolicy policy) =>
        policy.Subsets.SelectMany(s => s.Labels).Select(l => l.Key).Concat(
            policy.Ports.Concat(policy.Subsets.SelectMany(s => s.Ports)).Select(p => p.Settings)
                .Concat(policy.Subsets.Select(s => s.Settings).OfType<TrafficSettings>())
                .Append(policy.Settings)
                .SelectMany(s => s.LoadBalancer?.Locality?.FailoverPriority ?? [])
                .Select(p => p.Key));
}
