using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Finds selectors that select nothing, and resources of a kind that select the same workload.</summary>
internal static class SelectorConflicts
{
    /// <summary>Reports them.</summary>
    /// <param name="context">Where to look and report.</param>
    /// <param name="resources">The resources with their labels; none for those that are for a whole namespace.</param>
    /// <param name="field">The selector's field.</param>
    /// <param name="sameWorkload">The code for the same workload.</param>
    /// <param name="sameNamespace">The code for the same namespace.</param>
    public static void Report(
        AnalysisContext context, IEnumerable<(ManifestDocument Document, ImmutableDictionary<string, string> Labels)> resources, string field, string sameWorkload, string sameNamespace)
    {
        foreach (var group in resources.GroupBy(r => r.Document.Namespace, StringComparer.Ordinal))
        {
            var whole = group.Where(r => r.Labels.IsEmpty).ToList();
            foreach (var (document, _) in whole.Where(_ => whole.Count > 1))
            {
                context.Report(sameNamespace, document, "metadata.name", $"{Names(whole)} of namespace {group.Key} have no selector, so it is open which of them applies");
            }

            var selecting = group.Where(r => !r.Labels.IsEmpty).Select(r => (r.Document, r.Labels, Pods: context.Selected(r.Labels, group.Key).ToList())).ToList();
            foreach (var (document, labels, _) in selecting.Where(s => s.Pods.Count == 0))
            {
                context.Report("IST0101", document, field, $"no pod of namespace {group.Key} has the labels {LabelText.Of(labels)}");
            }

            foreach (var (document, _, pods) in selecting)
            {
                var pod = pods.FirstOrDefault(p => selecting.Count(s => s.Pods.Contains(p)) > 1);
                if (pod is not null)
                {
                    var rivals = selecting.Where(s => s.Pods.Contains(pod)).Select(s => (s.Document, s.Labels)).ToList();
                    context.Report(sameWorkload, document, "metadata.name", $"{Names(rivals)} of namespace {group.Key} all select {pod.Name}, so it is open which of them applies");
                }
            }
        }
    }

    private static string Names(IEnumerable<(ManifestDocument Document, ImmutableDictionary<string, string> Labels)> resources) =>
        string.Join(", ", resources.Select(r => r.Document.Name).Order(StringComparer.Ordinal));
}
