using System.Collections.Immutable;

namespace NodeMesh.Model.Routing;

/// <summary>
/// Finds the rule for a request. Routes of the Gateway API belong to the service whose address was dialled; when there are any for the client and port, they
/// alone count. Else the VirtualService of the host that the request names, whatever was dialled, as Istio's users expect; else a TrafficSplit of the
/// dialled service.
/// </summary>
public static class RequestRouting
{
    /// <summary>Finds the rule.</summary>
    /// <param name="model">The model.</param>
    /// <param name="service">The service that was dialled; null for an address that is none's.</param>
    /// <param name="client">Who asks, and at which port.</param>
    /// <param name="clusterDomain">The DNS suffix of services (<c>cluster.local</c>).</param>
    /// <param name="request">The request.</param>
    /// <returns>The decision.</returns>
    public static RouteDecision Decide(MeshModel model, Service? service, in RouteClient client, string clusterDomain, IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        var own = service is null ? null : model.FindRoutes(service.Key)?.For(client.Namespace, client.Port);
        if (own is { HasAttachedRoutes: true })
        {
            return Conclude(own.FindAttached(request), service!.Key, own.IsGrpc);
        }

        if (FindByHost(model, service, own, client, clusterDomain, request.Authority) is { } byHost)
        {
            return Conclude(byHost.Table.Find(client, request), byHost.Host, false);
        }

        if (own?.ByService is { } split)
        {
            return split.Find(client, request) is { } match ? Conclude(match, service!.Key, false) : default;
        }

        return default;
    }

    /// <summary>The service that an authority names, as a pod's resolver would search, or by one of the service's addresses.</summary>
    /// <param name="model">The model.</param>
    /// <param name="authority">The authority.</param>
    /// <param name="client">The client.</param>
    /// <param name="clusterDomain">The DNS suffix of services.</param>
    /// <returns>The service; null when it names none that the client can see.</returns>
    public static Service? FindNamedService(MeshModel model, string authority, ClientView client, string clusterDomain)
    {
        ArgumentNullException.ThrowIfNull(model);
        var host = HostOf(authority);
        if (host.Length == 0)
        {
            return null;
        }

        if (System.Net.IPAddress.TryParse(host, out var address))
        {
            return OutboundRouting.FindService(model, address, client);
        }

        // The qualified name first: it is the only one that needs no new string.
        if (OutboundRouting.FindService(model, host, client) is { } found)
        {
            return found;
        }

        var completed = host.Contains('.', StringComparison.Ordinal)
            ? OutboundRouting.FindService(model, $"{host}.svc.{clusterDomain}", client) ?? OutboundRouting.FindService(model, $"{host}.{clusterDomain}", client)
            : OutboundRouting.FindService(model, $"{host}.{client.Namespace}.svc.{clusterDomain}", client);
        return completed ?? OutboundRouting.Prefer(model.FindPatternServices(host), client);
    }

    /// <summary>The host of an authority: without port, brackets and the dot at its end, in lower case.</summary>
    /// <param name="authority">The authority.</param>
    /// <returns>The host; the same string where there is nothing to change.</returns>
    public static string HostOf(string authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        var host = authority.AsSpan();
        if (host.StartsWith('['))
        {
            var end = host.IndexOf(']');
            host = end < 0 ? host[1..] : host[1..end];
        }
        else if (host.LastIndexOf(':') is var colon and >= 0 && host.IndexOf(':') == colon)
        {
            host = host[..colon];
        }

        host = host.TrimEnd('.');
        if (host.Length == authority.Length && !host.ContainsAnyInRange('A', 'Z'))
        {
            return authority;
        }

        return string.Create(host.Length, host, static (target, source) => source.ToLowerInvariant(target));
    }

    private static RouteDecision Conclude(RouteMatch? match, NamespacedName host, bool grpc) =>
        new(match is null ? RouteDecisionKind.NotFound : RouteDecisionKind.Rule, match, host, grpc);

    private static (OrderedRouteTable Table, NamespacedName Host)? FindByHost(
        MeshModel model, Service? dialled, PortRoutes? own, in RouteClient client, string clusterDomain, string authority)
    {
        // Nearly always the authority is the dialled service's own qualified name.
        var host = HostOf(authority);
        if (dialled is not null && host == dialled.Hostname)
        {
            return own?.ByHost is { } table ? (table, dialled.Key) : null;
        }

        var named = FindNamedService(model, authority, client.Namespace, clusterDomain);
        if (named is not null)
        {
            var routes = named == dialled ? own : model.FindRoutes(named.Key)?.For(client.Namespace, client.Port);
            if (routes is { HasAttachedRoutes: false, ByHost: { } table })
            {
                return (table, named.Key);
            }

            // A VirtualService may name a service otherwise than fully qualified (reviews.shop); it is for who writes the same.
            return First(model.FindRoutes(host), client);
        }

        return First(model.FindRoutes(host), client) ?? First(model.FindPatternRoutes(host), client);
    }

    // Hosts that are no services: of several namespaces' VirtualServices the client's own goes first.
    private static (OrderedRouteTable Table, NamespacedName Host)? First(ImmutableArray<RouteTables> candidates, in RouteClient client)
    {
        (OrderedRouteTable Table, NamespacedName Host)? first = null;
        foreach (var candidate in candidates)
        {
            if (candidate.For(client.Namespace, client.Port).ByHost is { } table)
            {
                if (candidate.Routes.Key.Namespace == client.Namespace)
                {
                    return (table, candidate.Routes.Key);
                }

                first ??= (table, candidate.Routes.Key);
            }
        }

        return first;
    }
}
