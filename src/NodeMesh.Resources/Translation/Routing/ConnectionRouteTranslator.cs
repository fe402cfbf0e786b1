using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates TCPRoutes and TLSRoutes.</summary>
/// <param name="backends">Resolves backends.</param>
/// <param name="findings">Where to report.</param>
internal sealed class ConnectionRouteTranslator(BackendJudge backends, RouteFindings findings)
{
    /// <summary>Translates a route.</summary>
    /// <param name="route">A TCPRoute or TLSRoute.</param>
    /// <returns>Its rules, for every client and port.</returns>
    public ValueList<ConnectionRule> Translate(ManifestDocument route) => route.Resource switch
    {
        TlsRouteResource tls => Rules(route, tls.Spec.Rules, true, [.. tls.Spec.Hostnames.Select(h => h.ToLowerInvariant())]),
        TcpRouteResource tcp => Rules(route, tcp.Spec.Rules, false, []),
        _ => [],
    };

    private ValueList<ConnectionRule> Rules(ManifestDocument route, ImmutableArray<ConnectionRouteRule> rules, bool tls, ValueList<string> serverNames) =>
        [.. rules.Index().Select(r => new ConnectionRule
        {
            Origin = new RuleOrigin(route.Origin, r.Index, r.Item.Name),
            Tls = tls,
            ServerNames = serverNames,
            Backends = [.. r.Item.BackendRefs.Index().Select(b => Backend(route, $"spec.rules[{r.Index}].backendRefs[{b.Index}]", b.Item))],
        })];

    private RouteBackend Backend(ManifestDocument route, string field, BackendReference reference)
    {
        var backend = backends.Resolve(route, reference, reference.Weight ?? 1);
        if (backend.Fault != BackendFault.None)
        {
            findings.NotFound(route, field, $"connections that fall to this backend are refused: {backend.FaultDetail}");
        }

        return backend;
    }
}
