using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks whether namespaces say that they are in the mesh. There are no sidecars here, so the label for them means the same as ours.</summary>
internal sealed class InjectionAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "injection.Analyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that namespaces with workloads say, once, whether they are in the mesh";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0102", "IST0123"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var document in context.Of(ResourceKinds.Namespace))
        {
            if (document.Name is "kube-system" or "kube-public" or "kube-node-lease" or "local-path-storage" || document.Name == context.RootNamespace)
            {
                continue;
            }

            var labels = ((string[])["istio-injection", "istio.io/rev", Labels.DataplaneMode, Labels.Mesh])
                .Where(document.Labels.ContainsKey)
                .ToList();
            var contradicting = labels.Contains("istio-injection") && (labels.Contains("istio.io/rev") || (labels.Contains(Labels.DataplaneMode) && document.Labels["istio-injection"] == "enabled" && document.Labels[Labels.DataplaneMode] == "ambient"));
            if (contradicting)
            {
                context.Report("IST0123", document, "metadata.labels", $"has the labels {string.Join(" and ", labels)}, which both decide about the mesh");
            }
            else if (labels.Count == 0 && context.Pods.Any(p => p.Namespace == document.Name && p.Document is not null && !context.IsInMesh(p)))
            {
                context.Report("IST0102", document, "metadata.name", "has workloads, and does not say whether they are in the mesh");
            }
        }
    }
}
