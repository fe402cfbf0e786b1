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

    private static IEnumerable<(string, BackendReference)> OfHttp(HttpRouteSpec spec) => spec.Rules.Index().SelectMany(r => Of(
        $"spec.rules[{r.Index}]",
        [.. r.Item.BackendRefs.Select(b => (Plain(b), b.Filters.Select(f => f.RequestMirror)))],
        r.Item.Filters.Select(f => f.RequestMirror)));

    private static IEnumerable<(string, BackendReference)> OfGrpc(GrpcRouteSpec spec) => spec.Rules.Index().SelectMany(r => Of(
        $"spec.rules[{r.Index}]",
        [.. r.Item.BackendRefs.Select(b => (Plain(b), b.Filters.Select(f => f.RequestMirror)))],
        r.Item.Filters.Select(f => f.RequestMirror)));

    /// <summary>The backends of a rule, and where it and they send copies.</summary>
    private static IEnumerable<(string, BackendReference)> Of(
        string rule, IReadOnlyList<(BackendReference Backend, IEnumerable<HttpRequestMirrorFilter?> Mirrors)> backends, IEnumerable<HttpRequestMirrorFilter?> mirrors)
    {
        foreach (var (i, (backend, own)) in backends.Index())
        {
            yield return ($"{rule}.backendRefs[{i}]", backend);
            foreach (var mirror in OfMirrors($"{rule}.backendRefs[{i}].filters", own))
            {
                yield return mirror;
            }
        }

        foreach (var mirror in OfMirrors($"{rule}.filters", mirrors))
        {
            yield return mirror;
        }
    }

    private static IEnumerable<(string, BackendReference)> OfMirrors(string field, IEnumerable<HttpRequestMirrorFilter?> filters) =>
        filters.Index().Where(f => f.Item?.BackendRef is not null).Select(f => ($"{field}[{f.Index}].requestMirror.backendRef", Plain(f.Item!.BackendRef)));

    private static IEnumerable<(string, BackendReference)> OfConnections(ImmutableArray<ConnectionRouteRule> rules) =>
        rules.Index().SelectMany(r => r.Item.BackendRefs.Index().Select(b => ($"spec.rules[{r.Index}].backendRefs[{b.Index}]", b.Item)));

    private static BackendReference Plain(BackendObjectReference b) => new() { Group = b.Group, Kind = b.Kind, Name = b.Name, Namespace = b.Namespace, Port = b.Port };
}
