using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Translation.Routing;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Translates the resources as the control plane does, and reports what would have no effect.</summary>
internal sealed class EffectAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.EffectAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that policies have an effect, by the code with which the control plane translates them";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0133", "NM0006", "NM0007", "NM0008", "NM0009", "NM0010", "NM0011", "NM0012", "NM0013", "NM0014"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var broken = context.Input.Manifests.Findings.Where(f => f.Level == FindingLevel.Error && f.Resource is not null).Select(f => f.Resource!).ToHashSet();
        var documents = context.Input.Manifests.Documents.Where(d => !broken.Contains(d.Origin));
        foreach (var finding in MeshTranslator.Translate(context.Input.MeshConfig.Settings, documents).Findings)
        {
            // What routes refer to, and which of them wins, have analyzers of their own, whose codes people know.
            if (finding.Code is FindingCodes.TargetNotFound or FindingCodes.Overridden && RouteTranslator.TranslatedKinds.Any(k => k.Kind == finding.Resource?.Kind))
            {
                continue;
            }

            // Selectors are judged here by pods alone; controllers stand for theirs in the analyzers that report IST0127 and NM0008.
            if (finding.Code is not (FindingCodes.SelectorMatchesNothing or FindingCodes.NothingMeshed))
            {
                context.Report(SchemaAnalyzer.Translate(finding));
            }
        }

        foreach (var (document, policy) in context.Of<PeerAuthenticationResource>(ResourceKinds.PeerAuthentication))
        {
            CheckSelector(context, document, policy.Spec?.Selector?.MatchLabels ?? []);
        }
    }

    private static void CheckSelector(AnalysisContext context, Manifests.ManifestDocument document, ImmutableDictionary<string, string> labels)
    {
        var ns = document.Namespace == context.RootNamespace ? null : document.Namespace;
        if (!labels.IsEmpty && !context.Selected(labels, ns).Any())
        {
            var text = string.Join(",", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
            context.Report("NM0008", document, "spec.selector", $"no workload of {(ns is null ? "the mesh" : $"namespace {ns}")} has the labels {text}");
        }
    }
}
