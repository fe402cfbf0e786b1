using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports gateways of the same pods with the same port and host.</summary>
internal sealed class ConflictingGatewayAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "gateway.ConflictingGatewayAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that gateways of the same pods differ in ports or hosts";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0145"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var gateways = context.Of<IstioGatewayResource>(ResourceKinds.IstioGateway).Where(g => g.Resource.Spec is not null).ToList();
        foreach (var (document, gateway) in gateways)
        {
            var others = gateways.Where(g => g.Document != document && SamePods(gateway.Spec!.Selector, g.Resource.Spec!.Selector)).ToList();
            for (var i = 0; i < gateway.Spec!.Servers.Length; i++)
            {
                var server = gateway.Spec.Servers[i];
                var conflicting = others.Where(o => o.Resource.Spec!.Servers.Any(s => s.Port.Number == server.Port.Number && SameBind(s, server) && ShareHosts(s, o.Document.Namespace, server, document.Namespace))).ToList();
                if (conflicting.Count > 0)
                {
                    context.Report(
                        "IST0145", document, $"spec.servers[{i}]",
                        $"gateways {string.Join(", ", conflicting.Select(c => c.Document.Key))} have the same selector, port {server.Port.Number} and hosts {string.Join(", ", server.Hosts)}");
                }
            }
        }
    }

    private static bool SamePods(ImmutableDictionary<string, string> a, ImmutableDictionary<string, string> b) => Labels.Match(a, b) || Labels.Match(b, a);

    private static bool SameBind(GatewayServer a, GatewayServer b) => (a.Bind ?? "") == (b.Bind ?? "");

    private static bool ShareHosts(GatewayServer a, string aNamespace, GatewayServer b, string bNamespace) =>
        a.Hosts.Any(x => b.Hosts.Any(y => Share(Split(x, aNamespace), Split(y, bNamespace))));

    private static bool Share((string Namespace, string Host) a, (string Namespace, string Host) b) =>
        (a.Namespace == "*" || b.Namespace == "*" || a.Namespace == b.Namespace) && HostNames.Overlap(a.Host, b.Host) && (a.Host == "*") == (b.Host == "*");

    // Hosts without a namespace are for all; a catch-all beside a named host is no conflict, since the named one comes first.
    private static (string Namespace, string Host) Split(string host, string ns)
    {
        var slash = host.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ("*", host) : (host[..slash] == "." ? ns : host[..slash], host[(slash + 1)..]);
    }
}
