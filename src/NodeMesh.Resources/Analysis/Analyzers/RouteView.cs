using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>A route of the Gateway API, as far as all its kinds have it.</summary>
/// <param name="Document">The route.</param>
/// <param name="Parents">What it attaches to.</param>
/// <param name="Backends">Where it leads, mirrors too, with the fields.</param>
internal sealed record RouteView(ManifestDocument Document, ImmutableArray<ParentReference> Parents, ImmutableArray<(string Path, BackendReference Backend)> Backends)
{
    /// <summary>All routes.</summary>
    /// <param name="context">Where to look.</param>
    /// <returns>The routes.</returns>
    public static IEnumerable<RouteView> All(AnalysisContext context) =>
        ((ResourceKind[])[ResourceKinds.HttpRoute, ResourceKinds.GrpcRoute, ResourceKinds.TlsRoute, ResourceKinds.TcpRoute, ResourceKinds.UdpRoute])
            .SelectMany(context.Of)
            .Select(d => d.Resource switch
            {
                HttpRouteResource r => new RouteView(d, r.Spec.ParentRefs, [.. OfHttp(r.Spec)]),
                GrpcRouteResource { Spec: { } spec } => new RouteView(d, spec.ParentRefs, [.. OfGrpc(spec)]),
                TlsRouteResource r => new RouteView(d, r.Spec.ParentRefs, [.. OfConnections(r.Spec.Rules)]),
                TcpRouteResource r => new RouteView(d, r.Spec.ParentRefs, [.. OfConnections(r.Spec.Rules)]),
                UdpRouteResource r => new RouteView(d, r.Spec.ParentRefs, [.. OfConnections(r.Spec.Rules)]),
                _ => new RouteView(d, [], []),
            });

    private static IEnumerable<(string, BackendReference)> OfHttp(HttpRouteSpec spec)
    {
        foreach (var (i, rule) in spec.Rules.Index())
        {
            foreach (var (j, b) in rule.BackendRefs.Index())
            {
                yield return ($"spec.rules[{i}].backendRefs[{j}]", new BackendReference { Group = b.Group, Kind = b.Kind, Name = b.Name, Namespace = b.Namespace, Port = b.Port });
            }

            foreach (var (j, filter) in rule.Filters.Index())
            {
                if (filter.RequestMirror?.BackendRef is { } b)
                {
                    yield return ($"spec.rules[{i}].filters[{j}].requestMirror.backendRef", Plain(b));
                }
            }
        }
    }

    private static IEnumerable<(string, BackendReference)> OfGrpc(GrpcRouteSpec spec)
    {
        foreach (var (i, rule) in spec.Rules.Index())
        {
            foreach (var (j, b) in rule.BackendRefs.Index())
            {
                yield return ($"spec.rules[{i}].backendRefs[{j}]", new BackendReference { Group = b.Group, Kind = b.Kind, Name = b.Name, Namespace = b.Namespace, Port = b.Port });
            }

            foreach (var (j, filter) in rule.Filters.Index())
            {
                if (filter.RequestMirror?.BackendRef is { } b)
                {
                    yield return ($"spec.rules[{i}].filters[{j}].requestMirror.backendRef", Plain(b));
                }
            }
        }
    }

    private static IEnumerable<(string, BackendReference)> OfConnections(ImmutableArray<ConnectionRouteRule> rules) =>
        rules.Index().SelectMany(r => r.Item.BackendRefs.Index().Select(b => ($"spec.rules[{r.Index}].backendRefs[{b.Index}]", b.Item)));

    private static BackendReference Plain(BackendObjectReference b) => new() { Group = b.Group, Kind = b.Kind, Name = b.Name, Namespace = b.Namespace, Port = b.Port };
}
