using System.Collections.Immutable;

namespace NodeMesh.Model.Routing;

/// <summary>The routes of a model by service and by host name; persistent.</summary>
internal sealed class RouteIndex
{
    private readonly ImmutableDictionary<string, ImmutableArray<RouteTables>> _byHost;
    private readonly ImmutableDictionary<string, ImmutableArray<RouteTables>> _byPattern;

    private RouteIndex(
        ImmutableDictionary<NamespacedName, RouteTables> byKey,
        ImmutableDictionary<string, ImmutableArray<RouteTables>> byHost,
        ImmutableDictionary<string, ImmutableArray<RouteTables>> byPattern)
    {
        ByKey = byKey;
        _byHost = byHost;
        _byPattern = byPattern;
    }

    public static RouteIndex Empty { get; } = new(
        ImmutableDictionary<NamespacedName, RouteTables>.Empty,
        ImmutableDictionary.Create<string, ImmutableArray<RouteTables>>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableArray<RouteTables>>(StringComparer.Ordinal));

    public ImmutableDictionary<NamespacedName, RouteTables> ByKey { get; }

    public ImmutableArray<RouteTables> Find(string host) => _byHost.TryGetValue(host, out var found) ? found : [];

    /// <summary>The routes of the longest pattern that a host matches.</summary>
    public ImmutableArray<RouteTables> FindPattern(string host)
    {
        if (_byPattern.IsEmpty)
        {
            return [];
        }

        for (var at = host.IndexOf('.', StringComparison.Ordinal); at >= 0; at = host.IndexOf('.', at + 1))
        {
            if (_byPattern.TryGetValue($"*{host[at..]}", out var found))
            {
                return found;
            }
        }

        return _byPattern.TryGetValue("*", out var all) ? all : [];
    }

    public RouteIndex Apply(ImmutableArray<ServiceRoutes> upserts, ImmutableArray<NamespacedName> removed)
    {
        if (upserts.IsEmpty && removed.IsEmpty)
        {
            return this;
        }

        var byKey = ByKey.ToBuilder();
        var byHost = _byHost.ToBuilder();
        var byPattern = _byPattern.ToBuilder();
        foreach (var key in removed.Concat(upserts.Select(r => r.Key)))
        {
            if (byKey.Remove(key, out var old))
            {
                var index = HostPattern.IsPattern(key.Name) ? byPattern : byHost;
                var rest = index[key.Name].Remove(old);
                if (rest.IsEmpty)
                {
                    index.Remove(key.Name);
                }
                else
                {
                    index[key.Name] = rest;
                }
            }
        }

        foreach (var routes in upserts)
        {
            var tables = new RouteTables(routes);
            var key = routes.Key;
            byKey[key] = tables;
            var index = HostPattern.IsPattern(key.Name) ? byPattern : byHost;
            var others = index.TryGetValue(key.Name, out var found) ? found : [];
            var at = others.Count(o => string.CompareOrdinal(o.Routes.Key.Namespace, key.Namespace) < 0);
            index[key.Name] = others.Insert(at, tables);
        }

        return new RouteIndex(byKey.ToImmutable(), byHost.ToImmutable(), byPattern.ToImmutable());
    }
}
