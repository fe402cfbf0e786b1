using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Smi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks what SMI's kinds refer to.</summary>
internal sealed class SmiReferenceAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.SmiReferenceAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that TrafficSplits and TrafficTargets refer to services and route groups that exist";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["NM0107"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, split) in context.Of<TrafficSplitResource>(ResourceKinds.TrafficSplit))
        {
            CheckService(context, document, "spec.service", split.Spec.Service);
            foreach (var (i, backend) in split.Spec.Backends.Index())
            {
                CheckService(context, document, $"spec.backends[{i}].service", backend.Service);
            }

            foreach (var (i, match) in split.Spec.Matches.Index())
            {
                CheckGroup(context, document, $"spec.matches[{i}].name", "HTTPRouteGroup", match.Name, []);
            }
        }

        foreach (var (document, target) in context.Of<TrafficTargetResource>(ResourceKinds.TrafficTarget))
        {
            foreach (var (i, rule) in target.Spec.Rules.Index())
            {
                CheckGroup(context, document, $"spec.rules[{i}]", rule.Kind, rule.Name, rule.Matches);
            }
        }
    }

    private static void CheckService(AnalysisContext context, ManifestDocument document, string field, string host)
    {
        if (context.Hosts.Find(document.Namespace, [], host) is null)
        {
            context.Report("NM0107", document, field, $"there is no service '{host}' in namespace {document.Namespace}");
        }
    }

    private static void CheckGroup(AnalysisContext context, ManifestDocument document, string field, string kind, string name, ImmutableArray<string> matches)
    {
        var group = kind == "HTTPRouteGroup" ? context.Find(ResourceKinds.HttpRouteGroup, document.Namespace, name)
            : kind == "TCPRoute" ? context.Find(ResourceKinds.SmiTcpRoute, document.Namespace, name)
            : null;
        if (group is null)
        {
            context.Report("NM0107", document, field, $"there is no {kind} {document.Namespace}/{name}");
        }
        else if (group.Resource is HttpRouteGroupResource { Spec.Matches: var known })
        {
            foreach (var match in matches.Where(match => !known.Any(k => k.Name == match)))
            {
                context.Report("NM0107", document, $"{field}.matches", $"{kind} {name} has no match '{match}'; it has {string.Join(", ", known.Select(k => k.Name))}");
            }
        }
    }
}
