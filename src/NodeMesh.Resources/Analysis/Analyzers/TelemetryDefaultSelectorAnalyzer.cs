using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports several Telemetries for the same namespace.</summary>
internal sealed class TelemetryDefaultSelectorAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "telemetry.DefaultSelectorAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that a namespace has at most one Telemetry without a selector";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0160"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context) => SelectorConflicts.Report(
        context,
        context.Of<TelemetryResource>(ResourceKinds.Telemetry)
            .Where(t => t.Resource.Spec is null or { Selector: null or { MatchLabels.IsEmpty: true }, TargetRef: null, TargetRefs.IsEmpty: true })
            .Select(t => (t.Document, ImmutableDictionary<string, string>.Empty)),
        "spec.selector", "IST0159", "IST0160");
}
