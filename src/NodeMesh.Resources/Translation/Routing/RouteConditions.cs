using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Says of each Gateway API route what became of it, by the judgements that the model is made with.</summary>
/// <param name="parents">Judges parents.</param>
/// <param name="backends">Resolves backends.</param>
internal sealed class RouteConditions(ParentJudge parents, BackendJudge backends)
{
    // What is found is reported by the translation proper.
    private readonly GatewayRouteTranslator _gateway = new(backends, new RouteFindings());
    private readonly ConnectionRouteTranslator _connections = new(backends, new RouteFindings());

    /// <summary>Says it of all routes.</summary>
    /// <param name="catalog">The resources.</param>
    /// <returns>The statuses of each route with a parent that is the mesh's.</returns>
    public ImmutableDictionary<ResourceOrigin, ImmutableArray<RouteParentStatus>> Build(ResourceCatalog catalog)
    {
        var statuses = ImmutableDictionary.CreateBuilder<ResourceOrigin, ImmutableArray<RouteParentStatus>>();
        foreach (var kind in (ReadOnlySpan<ResourceKind>)[ResourceKinds.HttpRoute, ResourceKinds.GrpcRoute, ResourceKinds.TlsRoute, ResourceKinds.TcpRoute, ResourceKinds.UdpRoute])
        {
            foreach (var route in catalog.Of(kind))
            {
                if (Of(route) is { IsEmpty: false } status)
                {
                    statuses[route.Origin] = status;
                }
            }
        }

        return statuses.ToImmutable();
    }

    private ImmutableArray<RouteParentStatus> Of(ManifestDocument route)
    {
        var references = ParentsOf(route);
        if (!references.Any(ParentJudge.IsMesh))
        {
            return [];
        }

        if (route.Kind == ResourceKinds.UdpRoute)
        {
            var refused = new RouteCondition("Accepted", false, "UnsupportedValue", "UDPRoutes are not served: the mesh carries TCP, and UDP goes its way as without the route");
            return [.. references.Where(ParentJudge.IsMesh).Select(p => new RouteParentStatus(p, [refused]))];
        }

        var (used, broken, rules) = Rules(route);
        var resolved = Resolved(used);
        return [.. references.Where(ParentJudge.IsMesh).Select(p => new RouteParentStatus(p, [.. Accepted(route, p, broken, rules), resolved]))];
    }

    private static ImmutableArray<ParentReference> ParentsOf(ManifestDocument route) => route.Resource switch
    {
        HttpRouteResource http => http.Spec.ParentRefs,
        GrpcRouteResource grpc => grpc.Spec?.ParentRefs ?? [],
        TlsRouteResource tls => tls.Spec.ParentRefs,
        TcpRouteResource tcp => tcp.Spec.ParentRefs,
        UdpRouteResource udp => udp.Spec.ParentRefs,
        _ => [],
    };

    private IEnumerable<RouteCondition> Accepted(ManifestDocument route, ParentReference parent, List<string> broken, int rules)
    {
        parents.Attach(route, parent, out var problem);
        if (problem.Length > 0)
        {
            return [new RouteCondition("Accepted", false, "NoMatchingParent", problem)];
        }

        var detail = string.Join("; ", broken);
        if (rules > 0 && broken.Count == rules)
        {
            return [new RouteCondition("Accepted", false, "UnsupportedValue", detail)];
        }

        var accepted = new RouteCondition("Accepted", true, "Accepted", "the route is attached");
        // The specification asks for this beginning where what is wrong is left out and the rest stays in effect.
        return broken.Count == 0 ? [accepted] : [accepted, new RouteCondition("PartiallyInvalid", true, "UnsupportedValue", $"Dropped Rule {detail}")];
    }

    private static RouteCondition Resolved(List<RouteBackend> backends)
    {
        var faults = backends.Where(b => b.Fault is not BackendFault.None and not BackendFault.UnsupportedFilter).ToList();
        if (faults.Count == 0)
        {
            return new RouteCondition("ResolvedRefs", true, "ResolvedRefs", "all references are good");
        }

        var reason = faults[0].Fault switch
        {
            BackendFault.UnsupportedKind => "InvalidKind",
            BackendFault.NotPermitted => "RefNotPermitted",
            BackendFault.UnsupportedProtocol => "UnsupportedProtocol",
            _ => "BackendNotFound",
        };
        return new RouteCondition("ResolvedRefs", false, reason, string.Join("; ", faults.Select(f => f.FaultDetail).Distinct()));
    }

    /// <summary>The backends of a route, which of its rules are of no use, and how many rules there are.</summary>
    private (List<RouteBackend> Backends, List<string> Broken, int Rules) Rules(ManifestDocument route)
    {
        switch (route.Resource)
        {
            case HttpRouteResource { Spec: var spec }:
                var http = _gateway.Http(route);
                return Collect(
                    [.. http.Select((r, i) => (r.Matches.Count, Written: i < spec.Rules.Length ? spec.Rules[i].Matches.Length : 0, r.Action))],
                    spec.Rules.SelectMany(r => r.Filters.Concat(r.BackendRefs.SelectMany(b => b.Filters))).Select(f => f.RequestMirror),
                    route);
            case GrpcRouteResource grpc:
                var rules = grpc.Spec?.Rules ?? [];
                return Collect(
                    [.. _gateway.Grpc(route).Select((r, i) => (r.Matches.Count, Written: i < rules.Length ? rules[i].Matches.Length : 0, r.Action))],
                    rules.SelectMany(r => r.Filters.Concat(r.BackendRefs.SelectMany(b => b.Filters))).Select(f => f.RequestMirror),
                    route);
            default:
                var connections = _connections.Translate(route);
                return ([.. connections.SelectMany(r => r.Backends)], [], connections.Count);
        }
    }

    private (List<RouteBackend> Backends, List<string> Broken, int Rules) Collect(
        List<(int Usable, int Written, HttpRule Action)> rules, IEnumerable<HttpRequestMirrorFilter?> mirrors, ManifestDocument route)
    {
        var broken = new List<string>();
        foreach (var (i, (usable, written, action)) in rules.Index())
        {
            if (usable < written)
            {
                broken.Add($"spec.rules[{i}]: {(usable == 0 ? "no match of it can be evaluated" : "some of its matches cannot be evaluated")}");
            }
            else if (action.Invalid is { } reason && action.Backends.Any(b => b.Weight > 0))
            {
                // A rule without backends is good by the specification; its requests get 500.
                broken.Add($"spec.rules[{i}]: {reason}");
            }
            else if (action.Backends.FirstOrDefault(b => b.Fault == BackendFault.UnsupportedFilter) is { } filtered)
            {
                broken.Add($"spec.rules[{i}]: {filtered.FaultDetail}");
            }
        }

        var mirrored = mirrors.OfType<HttpRequestMirrorFilter>().Select(m => backends.Resolve(route, m.BackendRef, 1));
        return ([.. rules.SelectMany(r => r.Action.Backends), .. mirrored], broken, rules.Count);
    }
}
