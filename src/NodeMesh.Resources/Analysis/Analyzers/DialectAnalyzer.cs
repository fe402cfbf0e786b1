using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports services that have routes of two dialects.</summary>
internal sealed class DialectAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.DialectAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that a service does not have routes of both the Gateway API and Istio";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["NM0105"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var attached = RouteView.All(context)
            .SelectMany(r => r.Parents.Where(p => p is { Kind: "Service" }).Select(p => (Host: context.Hosts.OfService(p.Namespace ?? r.Document.Namespace, p.Name), r.Document)))
            .ToLookup(r => r.Host, r => r.Document, StringComparer.OrdinalIgnoreCase);
        foreach (var (document, service) in context.Of<VirtualServiceResource>(ResourceKinds.VirtualService))
        {
            var spec = service.Spec ?? new VirtualServiceSpec();
            var inMesh = spec.Gateways.IsEmpty || spec.Gateways.Contains(VirtualServiceValidator.MeshGateway);
            for (var i = 0; inMesh && i < spec.Hosts.Length; i++)
            {
                if (attached[context.Hosts.Qualify(document.Namespace, spec.Hosts[i])].FirstOrDefault() is { } route)
                {
                    context.Report("NM0105", document, $"spec.hosts[{i}]", $"{route.Origin} routes the requests to {spec.Hosts[i]} too, and wins");
                }
            }
        }
    }
}
