using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>Finds resources that cannot have an effect as the mesh is now.</summary>
internal sealed class EffectAnalysis
{
    private readonly MeshSettings _settings;
    private readonly ResourceCatalog _catalog;
    private readonly ILookup<string, TranslatedPod> _pods;

    /// <summary>Prepares the analysis.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="catalog">The resources.</param>
    /// <param name="pods">The pods that have not ended.</param>
    public EffectAnalysis(MeshSettings settings, ResourceCatalog catalog, IEnumerable<TranslatedPod> pods)
    {
        _settings = settings;
        _catalog = catalog;
        _pods = pods.ToLookup(p => p.Document.Namespace, StringComparer.Ordinal);
    }

    /// <summary>Finds them.</summary>
    /// <returns>Warnings.</returns>
    public IEnumerable<Finding> Find() =>
        _catalog.Of(ResourceKinds.AuthorizationPolicy).SelectMany(OfAuthorization)
            .Concat(_catalog.Of(ResourceKinds.PeerAuthentication).SelectMany(OfPeerAuthentication));

    private List<Finding> OfAuthorization(ManifestDocument document)
    {
        var findings = new List<Finding>();
        var spec = ((AuthorizationPolicyResource)document.Resource!).Spec ?? new AuthorizationPolicySpec();
        var targets = AuthorizationTranslator.Targets(spec);
        ImmutableArray<TranslatedPod> selected;
        if (targets.IsEmpty)
        {
            selected = Select(document, spec.Selector?.MatchLabels ?? [], findings);
        }
        else
        {
            selected = [.. _pods[document.Namespace].Where(p => AuthorizationTranslator.ServiceTargets(spec).Any(t => p.Services.Any(s => s.Name == t.Name)))];
            FindMissingTargets(document, spec, targets, findings);
        }

        for (var r = 0; r < spec.Rules.Length; r++)
        {
            for (var t = 0; t < spec.Rules[r].To.Length; t++)
            {
                var ports = spec.Rules[r].To[t].Operation?.Ports ?? [];
                FindUnservedPorts(document, selected, ports, i => $"spec.rules[{r}].to[{t}].operation.ports[{i}]", findings);
            }
        }

        return findings;
    }

    private List<Finding> OfPeerAuthentication(ManifestDocument document)
    {
        var findings = new List<Finding>();
        var spec = ((PeerAuthenticationResource)document.Resource!).Spec ?? new PeerAuthenticationSpec();
        var selected = Select(document, spec.Selector?.MatchLabels ?? [], findings);
        var ports = spec.PortLevelMtls.Keys.Order(StringComparer.Ordinal).ToImmutableArray();
        FindUnservedPorts(document, selected, ports, i => FieldPath.Key("spec.portLevelMtls", ports[i]), findings);
        foreach (var port in ports.Where(p => spec.PortLevelMtls[p].Mode == "DISABLE"))
        {
            findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.NoEffect, FieldPath.Key("spec.portLevelMtls", port), "DISABLE on a port is PERMISSIVE here: peers in the mesh go on using mutual TLS"));
        }

        if (spec.Mtls?.Mode == "DISABLE" && spec.PortLevelMtls.Values.Any(v => v.Mode == "STRICT"))
        {
            findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.NoEffect, "spec.mtls.mode", "DISABLE is PERMISSIVE here, since another port is STRICT and peers have to bring an identity"));
        }

        return findings;
    }

    private ImmutableArray<TranslatedPod> Select(ManifestDocument document, ImmutableDictionary<string, string> labels, List<Finding> findings)
    {
        var everywhere = document.Namespace == _settings.RootNamespace;
        var candidates = everywhere ? _pods.SelectMany(g => g) : _pods[document.Namespace];
        var selected = candidates.Where(p => Labels.Match(labels, p.Document.Labels)).ToImmutableArray();
        var where = everywhere ? "the mesh" : $"namespace {document.Namespace}";
        if (selected.IsEmpty && !labels.IsEmpty)
        {
            findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.SelectorMatchesNothing, "spec.selector", $"has no effect now: no pod of {where} has these labels; check them against the pods'"));
        }
        else if (!selected.Any(p => p.Meshed))
        {
            var remedy = $"label the namespace or pods {Labels.DataplaneMode}=ambient";
            var subject = labels.IsEmpty ? $"no pod of {where}" : "none of the pods that it selects";
            findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NothingMeshed, "", $"has no effect now: {subject} is in the mesh; {remedy}"));
        }

        return selected;
    }

    private void FindMissingTargets(ManifestDocument document, AuthorizationPolicySpec spec, ImmutableArray<PolicyTargetReference> targets, List<Finding> findings)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            var name = targets[i].Name;
            if (targets[i].Kind == "Service" && !_catalog.Of(ResourceKinds.Service).Any(s => s.Namespace == document.Namespace && s.Name == name))
            {
                var field = spec.TargetRef is null ? $"spec.targetRefs[{i}]" : "spec.targetRef";
                findings.Add(document.Report(FindingLevel.Warning, FindingCodes.TargetNotFound, field, $"has no effect now: there is no Service {new NamespacedName(document.Namespace, name)}"));
            }
        }
    }

    // Pods need not say which ports they serve; only where they do, a port that is not among them looks like a mistake.
    private static void FindUnservedPorts(
        ManifestDocument document, ImmutableArray<TranslatedPod> selected, ImmutableArray<string> ports, Func<int, string> field, List<Finding> findings)
    {
        if (ports.IsEmpty)
        {
            return;
        }

        var served = selected.SelectMany(p => p.Ports).ToHashSet();
        for (var i = 0; i < ports.Length && served.Count > 0; i++)
        {
            if (!served.Contains(int.Parse(ports[i], CultureInfo.InvariantCulture)))
            {
                findings.Add(document.Report(
                    FindingLevel.Warning, FindingCodes.PortNotServed, field(i),
                    $"no selected pod says that it serves port {ports[i]}; ports are the pods' own (they say: {string.Join(", ", served.Order())})"));
            }
        }
    }
}
