using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the subsets that VirtualServices route to.</summary>
internal sealed class VirtualServiceSubsetAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "virtualservice.DestinationRuleAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that VirtualServices route to subsets that a DestinationRule defines";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var subsets = context.Of<DestinationRuleResource>(ResourceKinds.DestinationRule)
            .Where(r => r.Resource.Spec is not null)
            .SelectMany(r => r.Resource.Spec!.Subsets.Select(s => (Host: context.Hosts.Qualify(r.Document.Namespace, r.Resource.Spec.Host).ToLowerInvariant(), s.Name)))
            .ToHashSet();
        foreach (var (document, service) in context.Of<VirtualServiceResource>(ResourceKinds.VirtualService))
        {
            foreach (var (path, destination, _) in VirtualServiceDestinations.Of(service.Spec).Where(d => !string.IsNullOrEmpty(d.Destination.Subset)))
            {
                var host = context.Hosts.Qualify(document.Namespace, destination.Host).ToLowerInvariant();
                if (!subsets.Contains((host, destination.Subset!)) && !subsets.Any(s => s.Name == destination.Subset && s.Host.StartsWith('*') && host.EndsWith(s.Host[1..], StringComparison.Ordinal)))
                {
                    context.Report("IST0101", document, $"{path}.subset", $"no DestinationRule of '{destination.Host}' has a subset {destination.Subset}");
                }
            }
        }
    }
}
