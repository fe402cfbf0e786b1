using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that ServiceEntries with TCP ports have addresses.</summary>
internal sealed class ServiceEntryAddressAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "serviceentry.Analyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that ServiceEntries with ports for TCP have addresses";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0134"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var metadata = context.Input.MeshConfig.Root.At("defaultConfig", "proxyMetadata") as ManifestMapping;
        if (metadata?.Text("ISTIO_META_DNS_CAPTURE") == "true" && metadata.Text("ISTIO_META_DNS_AUTO_ALLOCATE") == "true")
        {
            return;
        }

        foreach (var (document, entry) in context.Of<ServiceEntryResource>(ResourceKinds.ServiceEntry))
        {
            for (var i = 0; entry.Spec.Addresses.IsEmpty && i < entry.Spec.Ports.Length; i++)
            {
                if (entry.Spec.Ports[i].Protocol?.ToUpperInvariant() is null or "" or "TCP")
                {
                    context.Report("IST0134", document, $"spec.ports[{i}].protocol", $"port {entry.Spec.Ports[i].Number} is for TCP, but the ServiceEntry has no addresses to tell its connections by");
                }
            }
        }
    }
}
