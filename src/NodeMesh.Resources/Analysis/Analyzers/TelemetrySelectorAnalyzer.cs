using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks what Telemetries select.</summary>
internal sealed class TelemetrySelectorAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "telemetry.SelectorAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that Telemetries select workloads, and no two of them the same";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101", "IST0159"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context) => SelectorConflicts.Report(
        context,
        context.Of<TelemetryResource>(ResourceKinds.Telemetry).Where(t => t.Resource.Spec?.Selector is { MatchLabels.IsEmpty: false }).Select(t => (t.Document, t.Resource.Spec!.Selector!.MatchLabels)),
        "spec.selector", "IST0159", "IST0160");
}
