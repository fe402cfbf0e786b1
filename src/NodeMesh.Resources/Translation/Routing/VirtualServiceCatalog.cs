using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>
/// The VirtualServices of the mesh by host. For one host and one client there is one VirtualService: the one that names it most closely; of those, one that
/// is exported to some namespaces alone before one for everybody; of those, the oldest. They are not merged: Istio does that at gateways only.
/// </summary>
internal sealed class VirtualServiceCatalog
{
    private readonly RouteFindings _findings;
    private readonly List<HostRules> _rules = [];
    private readonly HostRulesIndex _byHost;
    private readonly Dictionary<ManifestDocument, (ValueList<OrderedRule> Http, ValueList<ConnectionRule> Connections)> _translated = new(ReferenceEqualityComparer.Instance);

    /// <summary>Sorts VirtualServices.</summary>
    /// <param name="documents">All of them.</param>
    /// <param name="services">The services.</param>
    /// <param name="translator">Translates their rules.</param>
    /// <param name="findings">Where to report.</param>
    public VirtualServiceCatalog(IReadOnlyList<ManifestDocument> documents, ServiceDirectory services, VirtualServiceTranslator translator, RouteFindings findings)
    {
        _findings = findings;
        foreach (var document in documents)
        {
            if (((VirtualServiceResource)document.Resource!).Spec is { } spec && VirtualServiceTranslator.IsForMesh(spec))
            {
                var clients = HostRules.Clients(document, spec.ExportTo);
                _rules.AddRange(spec.Hosts.Select(h => services.Qualify(document.Namespace, h)).Distinct().Select(h => new HostRules(document, h, clients)));
                _translated[document] = (translator.Http(document, spec), translator.Connections(document, spec));
            }
        }

        _rules.Sort(Compare);
        _byHost = new HostRulesIndex(_rules);
    }

    /// <summary>The hosts that VirtualServices name, with the namespace of each.</summary>
    public IEnumerable<NamespacedName> Hosts => _rules.Select(r => new NamespacedName(r.Document.Namespace, r.Host)).Distinct();

    /// <summary>The lists for a host.</summary>
    /// <param name="host">The qualified host.</param>
    /// <param name="ns">The namespace that a VirtualService must be of; null for any.</param>
    /// <param name="attached">The oldest Gateway API route of the host's service that goes before VirtualServices, if there is one.</param>
    /// <returns>The lists and the rules for connections, the most important first.</returns>
    public (List<OrderedRoutes> Ordered, List<ConnectionRule> Connections) For(string host, string? ns, ResourceOrigin? attached)
    {
        var ordered = new List<OrderedRoutes>();
        var connections = new List<ConnectionRule>();
        ManifestDocument? forAll = null;
        foreach (var rules in _byHost.For(host).Where(r => ns is null || r.Document.Namespace == ns))
        {
            if (forAll is not null)
            {
                if (HostPattern.IsPattern(rules.Host) == HostPattern.IsPattern(host))
                {
                    _findings.Overridden(rules.Document, "spec.hosts", $"for {host} {forAll.Origin} counts: it is {(forAll == rules.Document ? "the same" : "older")}, and the VirtualServices of one host are not merged in the mesh");
                }

                continue;
            }

            if (attached is not null)
            {
                _findings.Overridden(rules.Document, "spec.hosts", $"for {host} {attached} counts: routes of the Gateway API on a Service go before VirtualServices of its host");
            }

            var (http, tcp) = _translated[rules.Document];
            foreach (var client in rules.ClientNamespaces.IsEmpty ? [""] : rules.ClientNamespaces)
            {
                if (!http.IsEmpty)
                {
                    ordered.Add(new OrderedRoutes { Origin = rules.Document.Origin, ClientNamespace = client, ByHost = true, Rules = http });
                }

                connections.AddRange(tcp.Select(r => r with { Scope = r.Scope with { Namespace = client } }));
            }

            forAll = rules.ClientNamespaces.IsEmpty ? rules.Document : null;
        }

        return (ordered, connections);
    }

    private static int Compare(HostRules x, HostRules y)
    {
        var order = y.Closeness.CompareTo(x.Closeness);
        order = order != 0 ? order : x.ClientNamespaces.IsEmpty.CompareTo(y.ClientNamespaces.IsEmpty);
        order = order != 0 ? order : x.Created.CompareTo(y.Created);
        return order != 0 ? order : string.CompareOrdinal(x.Document.Key.ToString(), y.Document.Key.ToString());
    }
}
