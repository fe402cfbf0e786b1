using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks hosts of DestinationRules, and that their subsets select workloads.</summary>
internal sealed class DestinationRuleSubsetAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "destinationrule.SubsetSelectPodAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that hosts of DestinationRules are services, and that their subsets select workloads";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0173", "IST0174"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, rule) in context.Of<DestinationRuleResource>(ResourceKinds.DestinationRule))
        {
            if (rule.Spec is not { } spec || spec.Host.StartsWith('*'))
            {
                continue;
            }

            if (context.Hosts.Find(document.Namespace, spec.ExportTo, spec.Host) is not { } host)
            {
                context.Report("IST0174", document, "spec.host", $"'{spec.Host}' is not a service that namespace {document.Namespace} sees");
                continue;
            }

            var workloads = Workloads(context, host);
            for (var i = 0; i < spec.Subsets.Length; i++)
            {
                if (workloads is not null && !workloads.Any(labels => Labels.Match(spec.Subsets[i].Labels, labels)))
                {
                    context.Report("IST0173", document, $"spec.subsets[{i}].labels", $"subset {spec.Subsets[i].Name} selects no workload of {spec.Host}, so its requests would get 503");
                }
            }
        }
    }

    // Null where the files say nothing of workloads: then nothing can be said of subsets either.
    private static List<ImmutableDictionary<string, string>>? Workloads(AnalysisContext context, HostEntry host)
    {
        var ns = host.Document.Namespace;
        if (host.Document.Resource is ServiceEntryResource { Spec.Endpoints: { IsEmpty: false } endpoints })
        {
            return [.. endpoints.Select(e => e.Labels)];
        }

        if (host.Selector is null)
        {
            return null;
        }

        var nodes = context.Of(ResourceKinds.Node).ToDictionary(n => n.Name, n => n.Labels, StringComparer.Ordinal);
        var entries = context.Of<WorkloadEntryResource>(ResourceKinds.WorkloadEntry).Where(w => w.Document.Namespace == ns).Select(w => w.Resource.Spec.Labels);
        var all = context.Pods.Where(p => p.Namespace == ns).Select(p => WithPlace(p, nodes)).Concat(entries).ToList();
        return all.Count == 0 ? null : [.. all.Where(labels => Labels.Match(host.Selector, labels))];
    }

    private static ImmutableDictionary<string, string> WithPlace(PodView pod, Dictionary<string, ImmutableDictionary<string, string>> nodes)
    {
        if (pod.Spec?.NodeName is not { } name || !nodes.TryGetValue(name, out var node))
        {
            return pod.Labels;
        }

        var labels = pod.Labels.SetItem("kubernetes.io/hostname", name);
        foreach (var label in (string[])[Labels.Region, Labels.Zone, Labels.Subzone])
        {
            labels = node.TryGetValue(label, out var value) ? labels.SetItem(label, value) : labels;
        }

        return labels;
    }
}
