using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks what Sidecars select.</summary>
internal sealed class SidecarSelectorAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "sidecar.SelectorAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that Sidecars select workloads, and no two of them the same";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101", "IST0110", "IST0111"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context) => SelectorConflicts.Report(
        context,
        context.Of<SidecarResource>(ResourceKinds.Sidecar).Select(s => (s.Document, s.Resource.Spec?.WorkloadSelector?.Labels ?? [])),
        "spec.workloadSelector", "IST0110", "IST0111");
}
