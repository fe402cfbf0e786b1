using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the registries that networks name.</summary>
internal sealed class MeshNetworksAnalyzer : Analyzer
{
    private const string RemoteSecretLabel = "istio/multiCluster";

    /// <inheritdoc/>
    public override string Name => "meshnetworks.MeshNetworksAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that the mesh's networks name registries that are known";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0126"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var registries = context.Of<SecretResource>(ResourceKinds.Secret)
            .Where(s => s.Document.Labels.GetValueOrDefault(RemoteSecretLabel) == "true")
            .SelectMany(s => s.Resource.Data.Keys.Concat(s.Resource.StringData.Keys))
            .Concat(["Kubernetes", "External", "Mock"])
            .ToHashSet(StringComparer.Ordinal);
        var file = context.Input.MeshNetworks;
        var resource = new ResourceOrigin("MeshNetworks", context.RootNamespace, "meshnetworks");
        foreach (var network in (file.Root["networks"] as ManifestMapping)?.Entries ?? [])
        {
            var endpoints = (network.Value.At("endpoints") as ManifestSequence)?.Items ?? [];
            for (var i = 0; i < endpoints.Length; i++)
            {
                if (endpoints[i].At("fromRegistry") is ManifestScalar registry && !registries.Contains(registry.Text))
                {
                    var field = $"{FieldPath.Key("networks", network.Key)}.endpoints[{i}].fromRegistry";
                    context.Report("IST0126", resource, file.File, registry.Line, field, $"network {network.Key} names registry '{registry.Text}', which is not known");
                }
            }
        }
    }
}
