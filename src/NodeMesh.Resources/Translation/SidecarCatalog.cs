using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// What Sidecars say of clients. A workload has one: one of its namespace that selects it, else its namespace's for all, else the root namespace's for all; the
/// older of two alike.
/// </summary>
internal sealed class SidecarCatalog
{
    private readonly string _rootNamespace;
    private readonly ILookup<string, (SidecarSpec Spec, EgressScope Scope, ManifestDocument Document)> _byNamespace;

    /// <summary>Translates Sidecars.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">All of them.</param>
    public SidecarCatalog(MeshSettings settings, IEnumerable<ManifestDocument> documents)
    {
        _rootNamespace = settings.RootNamespace;
        _byNamespace = documents
            .Where(d => ((SidecarResource)d.Resource!).Spec is not null)
            .OrderBy(d => d.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(d => d.Key.ToString(), StringComparer.Ordinal)
            .Select(d => (((SidecarResource)d.Resource!).Spec!, Translate(d, ((SidecarResource)d.Resource!).Spec!), d))
            .ToLookup(s => s.d.Namespace, StringComparer.Ordinal);
        foreach (var ns in _byNamespace)
        {
            var forAll = ns.Where(s => SelectsAll(s.Spec)).Select(s => s.Document).ToList();
            Findings.AddRange(forAll.Skip(1).Select(d => d.Report(
                FindingLevel.Warning, FindingCodes.Overridden, "spec.workloadSelector", $"has no effect: {forAll[0].Origin} is older and for all workloads of the namespace, too; give one of them a workloadSelector")));
        }
    }

    /// <summary>What has no effect.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>What is said of a workload.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="labels">Its labels.</param>
    /// <returns>The scope; null where nothing is said.</returns>
    public EgressScope? Find(string ns, ImmutableDictionary<string, string> labels)
    {
        foreach (var (spec, scope, _) in _byNamespace[ns])
        {
            if (!SelectsAll(spec) && Labels.Match(spec.WorkloadSelector!.Labels, labels))
            {
                return scope;
            }
        }

        return ForAll(ns) ?? ForAll(_rootNamespace);
    }

    private static bool SelectsAll(SidecarSpec spec) => spec.WorkloadSelector is null or { Labels.IsEmpty: true };

    private EgressScope? ForAll(string ns)
    {
        foreach (var (spec, scope, _) in _byNamespace[ns])
        {
            if (SelectsAll(spec))
            {
                return scope;
            }
        }

        return null;
    }

    private EgressScope Translate(ManifestDocument document, SidecarSpec spec)
    {
        Check(document, !spec.Ingress.IsEmpty, "spec.ingress", "listeners are the pods' own");
        Check(document, spec.InboundConnectionPool is not null, "spec.inboundConnectionPool", "limits are set at clients; use a DestinationRule");
        Check(document, spec.OutboundTrafficPolicy?.EgressProxy is not null, "spec.outboundTrafficPolicy.egressProxy", "gateways are not served");
        foreach (var (i, egress) in spec.Egress.Index())
        {
            Check(document, egress.Port is not null, $"spec.egress[{i}].port", "the hosts count for every port");
            Check(document, !string.IsNullOrEmpty(egress.Bind), $"spec.egress[{i}].bind", "there are no listeners of single addresses");
            Check(document, egress.CaptureMode is "NONE", $"spec.egress[{i}].captureMode", "every connection is captured");
        }

        return new EgressScope
        {
            RegistryOnly = spec.OutboundTrafficPolicy is { } policy ? policy.Mode == "REGISTRY_ONLY" : null,
            Hosts = [.. spec.Egress.SelectMany(e => e.Hosts).Select(h => Host(document.Namespace, h)).Distinct()],
        };
    }

    // Nothing is in namespace ~: no service has such a namespace.
    private static EgressHost Host(string own, string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (ns, host) = slash < 0 ? ("*", text) : (text[..slash], text[(slash + 1)..]);
        return new EgressHost(ns switch { "*" => "", "." => own, _ => ns }, host.ToLowerInvariant());
    }

    private void Check(ManifestDocument document, bool isThere, string field, string reason)
    {
        if (isThere)
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NotServed, field, $"is not served: it has no effect; {reason}"));
        }
    }
}
