using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports the use of Lightstep's own provider.</summary>
internal sealed class TelemetryLightstepAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "telemetry.LightstepAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that Telemetries do not use the deprecated provider lightstep";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0002"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var names = context.Input.MeshConfig.ExtensionProviders.Where(p => p["lightstep"] is not null).Select(p => p.Text("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (document, telemetry) in context.Of<TelemetryResource>(ResourceKinds.Telemetry))
        {
            for (var i = 0; i < (telemetry.Spec?.Tracing ?? []).Length; i++)
            {
                var providers = telemetry.Spec!.Tracing[i].Providers;
                for (var j = 0; j < providers.Length; j++)
                {
                    if (names.Contains(providers[j].Name))
                    {
                        context.Report("IST0002", document, $"spec.tracing[{i}].providers[{j}].name", $"provider {providers[j].Name} is lightstep's own, which is deprecated", "use an opentelemetry provider");
                    }
                }
            }
        }
    }
}
