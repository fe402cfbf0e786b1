using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports several VirtualServices of the mesh for the same host.</summary>
internal sealed class VirtualServiceHostAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "virtualservice.ConflictingMeshGatewayHostsAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that a host has one VirtualService in the mesh";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0109"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var byHost = new Dictionary<(string Scope, string Host), List<(ManifestDocument Document, int Index)>>();
        foreach (var (document, service) in context.Of<VirtualServiceResource>(ResourceKinds.VirtualService))
        {
            if (service.Spec is not { } spec || !(spec.Gateways.IsEmpty || spec.Gateways.Contains(VirtualServiceValidator.MeshGateway)))
            {
                continue;
            }

            var scopes = spec.ExportTo.IsEmpty || spec.ExportTo.Contains("*") ? ["*"] : spec.ExportTo.Select(e => e == "." ? document.Namespace : e).Distinct().ToArray();
            foreach (var (scope, index) in scopes.SelectMany(scope => Enumerable.Range(0, spec.Hosts.Length).Select(index => (scope, index))))
            {
                var key = (scope, context.Hosts.Qualify(document.Namespace, spec.Hosts[index]).ToLowerInvariant());
                if (!byHost.TryGetValue(key, out var list))
                {
                    byHost[key] = list = [];
                }

                list.Add((document, index));
            }
        }

        foreach (var ((_, host), list) in byHost.Where(e => e.Value.Count > 1))
        {
            var names = string.Join(", ", list.Select(l => l.Document.Key.ToString()).Order(StringComparer.Ordinal));
            foreach (var (document, index) in list)
            {
                context.Report("IST0109", document, $"spec.hosts[{index}]", $"the VirtualServices {names} are all for host {host} in the mesh");
            }
        }
    }
}
