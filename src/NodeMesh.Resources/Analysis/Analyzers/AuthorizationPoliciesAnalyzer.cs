using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks what AuthorizationPolicies select and which namespaces they name.</summary>
internal sealed class AuthorizationPoliciesAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "auth.AuthorizationPoliciesAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that AuthorizationPolicies select workloads in the mesh and name namespaces that exist";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101", "IST0127"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, policy) in context.Of<AuthorizationPolicyResource>(ResourceKinds.AuthorizationPolicy))
        {
            var spec = policy.Spec ?? new AuthorizationPolicySpec();
            if (spec.TargetRef is null && spec.TargetRefs.IsEmpty)
            {
                CheckWorkloads(context, document, spec.Selector);
            }

            for (var i = 0; i < spec.Rules.Length; i++)
            {
                for (var j = 0; j < spec.Rules[i].From.Length; j++)
                {
                    var path = $"spec.rules[{i}].from[{j}].source";
                    var source = spec.Rules[i].From[j].Source ?? new AuthorizationSource();
                    CheckNamespaces(context, document, $"{path}.namespaces", source.Namespaces);
                    CheckNamespaces(context, document, $"{path}.notNamespaces", source.NotNamespaces);
                }
            }
        }
    }

    private static void CheckWorkloads(AnalysisContext context, ManifestDocument document, WorkloadSelector? selector)
    {
        var everywhere = document.Namespace == context.RootNamespace;
        if (everywhere && selector is null)
        {
            return;
        }

        var labels = selector?.MatchLabels ?? [];
        if (!context.Selected(labels, everywhere ? null : document.Namespace).Any(context.IsInMesh))
        {
            var text = string.Join(",", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
            var where = everywhere ? "the mesh" : $"namespace {document.Namespace}";
            context.Report(
                "IST0127", document, selector is null ? "" : "spec.selector",
                labels.IsEmpty ? $"no workload of {where} is in the mesh" : $"no workload of {where} that is in the mesh has the labels {text}");
        }
    }

    private static void CheckNamespaces(AnalysisContext context, ManifestDocument document, string path, ImmutableArray<string> patterns)
    {
        for (var i = 0; i < patterns.Length; i++)
        {
            if (!context.Namespaces.Any(ns => Matches(ns, patterns[i])))
            {
                context.Report("IST0101", document, FieldPath.Index(path, i), $"there is no namespace '{patterns[i]}'");
            }
        }
    }

    private static bool Matches(string ns, string pattern) =>
        pattern == "*"
        || (pattern.StartsWith('*') ? ns.EndsWith(pattern[1..], StringComparison.Ordinal)
            : pattern.EndsWith('*') ? ns.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : ns == pattern);
}
