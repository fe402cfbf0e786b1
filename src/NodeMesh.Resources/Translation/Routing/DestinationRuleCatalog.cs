using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using TrafficPolicy = NodeMesh.Model.Traffic.TrafficPolicy;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>
/// The DestinationRules of the mesh by host. A client has the rule of its own namespace, else that of the service's namespace, else that of the root
/// namespace; in each the one that names the host most closely. Rules of one namespace for the very same host are merged: subsets come together, and of
/// settings and of subsets with one name the oldest rule's count.
/// </summary>
internal sealed class DestinationRuleCatalog
{
    private readonly string _root;
    private readonly TrafficSettingsTranslator _settings;
    private readonly RouteFindings _findings;
    private readonly Dictionary<ManifestDocument, DestinationRuleSpec> _specs = new(ReferenceEqualityComparer.Instance);
    private readonly HostRulesIndex _byHost;
    private readonly Dictionary<(string Namespace, string Host), TrafficPolicy> _policies = [];

    /// <summary>Sorts DestinationRules.</summary>
    /// <param name="documents">All of them.</param>
    /// <param name="services">The services.</param>
    /// <param name="rootNamespace">The mesh's root namespace.</param>
    /// <param name="findings">Where to report.</param>
    public DestinationRuleCatalog(IReadOnlyList<ManifestDocument> documents, ServiceDirectory services, string rootNamespace, RouteFindings findings)
    {
        _root = rootNamespace;
        _findings = findings;
        _settings = new TrafficSettingsTranslator(findings);
        var rules = new List<HostRules>();
        foreach (var document in documents)
        {
            if (((DestinationRuleResource)document.Resource!).Spec is not { } spec)
            {
                continue;
            }

            if (spec.WorkloadSelector is { MatchLabels.IsEmpty: false })
            {
                findings.NoEffect(document, "spec.workloadSelector", "rules for single clients have no effect: the whole rule is left out; export it to a namespace with exportTo");
                continue;
            }

            _specs[document] = spec;
            rules.Add(new HostRules(document, services.Qualify(document.Namespace, spec.Host), HostRules.Clients(document, spec.ExportTo)));
        }

        rules.Sort(static (x, y) => x.Created.CompareTo(y.Created) is var order and not 0
            ? order
            : string.CompareOrdinal(x.Document.Key.ToString(), y.Document.Key.ToString()));
        _byHost = new HostRulesIndex(rules);
        foreach (var group in rules.GroupBy(r => (r.Document.Namespace, r.Host)))
        {
            _policies[group.Key] = Merge([.. group]);
        }
    }

    /// <summary>The subsets of a service that some rule makes, whoever it is for.</summary>
    /// <param name="host">The service's host.</param>
    /// <returns>Their names.</returns>
    public IEnumerable<string> Subsets(string host) => _byHost.For(host).SelectMany(r => _specs[r.Document].Subsets).Select(s => s.Name).Distinct();

    /// <summary>The policies for a service.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The policies, the most important first; at most one for each namespace of clients, and one for all others.</returns>
    public IEnumerable<TrafficPolicy> For(Service service)
    {
        var matching = _byHost.For(service.Hostname).ToList();
        if (matching.Count == 0)
        {
            yield break;
        }

        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var own in matching.GroupBy(r => r.Document.Namespace).Where(g => g.Key != _root))
        {
            done.Add(own.Key);
            yield return Policy(own) with { ClientNamespace = own.Key };
        }

        // A rule of the root namespace is its own clients' as well: it is among those for all.
        foreach (var ns in new[] { service.Namespace, _root }.Distinct())
        {
            var all = matching.Where(r => r.Document.Namespace == ns).ToList();
            foreach (var client in all.SelectMany(r => r.ClientNamespaces).Distinct().Order(StringComparer.Ordinal).Where(done.Add))
            {
                yield return Policy(all.Where(r => r.ClientNamespaces.IsEmpty || r.ClientNamespaces.Contains(client))) with { ClientNamespace = client };
            }

            if (all.Exists(r => r.ClientNamespaces.IsEmpty))
            {
                yield return Policy(all.Where(r => r.ClientNamespaces.IsEmpty));
                yield break;
            }
        }
    }

    private TrafficPolicy Policy(IEnumerable<HostRules> rules)
    {
        var closest = rules.MaxBy(r => r.Closeness)!;
        return _policies[(closest.Document.Namespace, closest.Host)];
    }

    private TrafficPolicy Merge(ImmutableArray<HostRules> rules)
    {
        var policy = new TrafficPolicy { Origin = rules[0].Document.Origin };
        var subsets = new List<TrafficSubset>();
        ManifestDocument? settingsOf = null;
        foreach (var document in rules.Select(r => r.Document))
        {
            var spec = _specs[document];
            if (spec.TrafficPolicy is { } written)
            {
                if (settingsOf is null)
                {
                    settingsOf = document;
                    policy = policy with
                    {
                        Settings = _settings.Translate(document, "spec.trafficPolicy", written),
                        Ports = _settings.Ports(document, "spec.trafficPolicy.portLevelSettings", written.PortLevelSettings),
                    };
                }
                else
                {
                    _findings.Overridden(document, "spec.trafficPolicy", $"has no effect: {settingsOf.Origin} is older and has one for the same host; subsets of both count");
                }
            }

            foreach (var (i, subset) in spec.Subsets.Index())
            {
                if (subsets.Exists(s => s.Name == subset.Name))
                {
                    _findings.Overridden(document, $"spec.subsets[{i}]", $"has no effect: there is a subset {subset.Name} of the same host before it");
                    continue;
                }

                var field = $"spec.subsets[{i}].trafficPolicy";
                subsets.Add(new TrafficSubset(
                    subset.Name,
                    IstioTexts.Labels(subset.Labels),
                    subset.TrafficPolicy is { } own ? _settings.Translate(document, field, own) : null,
                    subset.TrafficPolicy is { } ports ? _settings.Ports(document, $"{field}.portLevelSettings", ports.PortLevelSettings) : []));
            }
        }

        return policy with { Subsets = [.. subsets] };
    }
}
