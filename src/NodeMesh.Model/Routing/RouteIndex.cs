using System.Collections.Immutable;

namespace NodeMesh.Model.Routing;

/// <summary>The routes of a model by service and by host name; persistent.</summary>
internal sealed class RouteIndex
{
    private readonly SharedIndex<string, RouteTables> _byHost;
    private readonly SharedIndex<string, RouteTables> _byPattern;
    private readonly int _lists;
    private readonly int _tlsRules;

    private RouteIndex(
        ImmutableDictionary<NamespacedName, RouteTables> byKey, SharedIndex<string, RouteTables> byHost, SharedIndex<string, RouteTables> byPattern, int lists, int tlsRules)
    {
        ByKey = byKey;
        _byHost = byHost;
        _byPattern = byPattern;
        _lists = lists;
        _tlsRules = tlsRules;
    }

    public static RouteIndex Empty { get; } = new(
        ImmutableDictionary<NamespacedName, RouteTables>.Empty,
        SharedIndex<string, RouteTables>.Empty(t => t.Routes.Key, StringComparer.Ordinal),
        SharedIndex<string, RouteTables>.Empty(t => t.Routes.Key, StringComparer.Ordinal),
        0,
        0);

    public ImmutableDictionary<NamespacedName, RouteTables> ByKey { get; }

    /// <summary>Whether some list of rules is chosen by the host that a request names.</summary>
    public bool HasHostLists => _lists > 0;

    /// <summary>Whether some rule is chosen by the server name of a TLS connection.</summary>
    public bool HasTlsRules => _tlsRules > 0;

    public ImmutableArray<RouteTables> Find(string host) => _byHost.Find(host);

    /// <summary>The routes of the longest pattern that a host matches.</summary>
    public ImmutableArray<RouteTables> FindPattern(string host)
    {
        if (_byPattern.IsEmpty)
        {
            return [];
        }

        for (var at = host.IndexOf('.', StringComparison.Ordinal); at >= 0; at = host.IndexOf('.', at + 1))
        {
            if (_byPattern.Find($"*{host[at..]}") is { IsEmpty: false } found)
            {
                return found;
            }
        }

        return _byPattern.Find("*");
    }

    public RouteIndex Apply(ImmutableArray<ServiceRoutes> upserts, ImmutableArray<NamespacedName> removed)
    {
        if (upserts.IsEmpty && removed.IsEmpty)
        {
            return this;
        }

        var byKey = ByKey.ToBuilder();
        var (byHost, byPattern) = (_byHost.Edit(), _byPattern.Edit());
        var (lists, tlsRules) = (_lists, _tlsRules);
        foreach (var key in removed.Concat(upserts.Select(r => r.Key)))
        {
            if (byKey.Remove(key, out var old))
            {
                (HostPattern.IsPattern(key.Name) ? byPattern : byHost).Remove(key.Name, key);
                lists -= Lists(old.Routes);
                tlsRules -= TlsRules(old.Routes);
            }
        }

        foreach (var routes in upserts)
        {
            var tables = new RouteTables(routes);
            byKey[routes.Key] = tables;
            (HostPattern.IsPattern(routes.Key.Name) ? byPattern : byHost).Add(routes.Key.Name, tables);
            lists += Lists(routes);
            tlsRules += TlsRules(routes);
        }

        return new RouteIndex(byKey.ToImmutable(), byHost.ToIndex(), byPattern.ToIndex(), lists, tlsRules);
    }

    private static int Lists(ServiceRoutes routes) => routes.Ordered.Count(o => o.ByHost);

    private static int TlsRules(ServiceRoutes routes) => routes.Connections.Count(c => c.Tls);
}
