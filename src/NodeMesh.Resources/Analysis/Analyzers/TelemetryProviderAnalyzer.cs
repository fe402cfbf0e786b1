using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that access logging has a provider.</summary>
internal sealed class TelemetryProviderAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "telemetry.ProviderAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that access logging of Telemetries has a provider";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0157"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        if (!context.Input.MeshConfig.DefaultAccessLogging.IsEmpty)
        {
            return;
        }

        foreach (var (document, telemetry) in context.Of<TelemetryResource>(ResourceKinds.Telemetry))
        {
            var logs = telemetry.Spec?.AccessLogging ?? [];
            for (var i = 0; i < logs.Length; i++)
            {
                if (logs[i].Providers.IsEmpty && logs[i].Disabled != true)
                {
                    context.Report("IST0157", document, $"spec.accessLogging[{i}]", "has no provider, and the mesh config names no default: it has no effect");
                }
            }
        }
    }
}
