using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports ServiceEntries that give the same host and port different protocols.</summary>
internal sealed class ServiceEntryProtocolAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "serviceentry.ConflictingServiceEntryProtocolAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that ServiceEntries give the same host and port the same protocol";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0177"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var ports = context.Of<ServiceEntryResource>(ResourceKinds.ServiceEntry)
            .SelectMany(e => e.Resource.Spec.Hosts.SelectMany(host => e.Resource.Spec.Ports.Select((port, index) => (e.Document, Host: host, Port: port, Index: index, e.Resource.Spec.ExportTo))));
        foreach (var group in ports.GroupBy(p => (p.Host, p.Port.Number)))
        {
            foreach (var item in group)
            {
                var others = group.Where(o => o.Document != item.Document && SeenTogether(o.ExportTo, o.Document.Namespace, item.ExportTo, item.Document.Namespace)
                    && !string.Equals(o.Port.Protocol ?? "", item.Port.Protocol ?? "", StringComparison.OrdinalIgnoreCase)).ToList();
                if (others.Count > 0)
                {
                    context.Report(
                        "IST0177", item.Document, $"spec.ports[{item.Index}].protocol",
                        $"{group.Key.Host}:{group.Key.Number} is {item.Port.Protocol ?? "of no protocol"} here, and {string.Join(", ", others.Select(o => $"{o.Port.Protocol ?? "of no protocol"} in {o.Document.Key}"))}");
                }
            }
        }
    }

    private static bool SeenTogether(ImmutableArray<string> a, string aNamespace, ImmutableArray<string> b, string bNamespace) =>
        a.IsEmpty || b.IsEmpty || a.Contains("*") || b.Contains("*") || a.Select(e => e == "." ? aNamespace : e).Intersect(b.Select(e => e == "." ? bNamespace : e)).Any();
}
