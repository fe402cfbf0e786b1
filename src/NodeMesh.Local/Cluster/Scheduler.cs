using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Cluster;

/// <summary>Chooses a pod's node: the named one, or of those whose labels match the one with the fewest pods.</summary>
internal static class Scheduler
{
    /// <summary>Chooses.</summary>
    /// <param name="spec">The pod.</param>
    /// <param name="siblings">The pods of the same controller: they are spread first.</param>
    /// <param name="all">All pods.</param>
    /// <param name="nodes">The nodes.</param>
    /// <returns>The node, or null when none fits.</returns>
    public static ClusterNode? Choose(PodSpec spec, IReadOnlyCollection<Pod> siblings, IReadOnlyCollection<Pod> all, IReadOnlyList<ClusterNode> nodes) => nodes
        .Where(n => Fits(spec, n))
        .OrderBy(n => siblings.Count(p => p.Node.Index == n.Index && !p.IsTerminating))
        .ThenBy(n => all.Count(p => p.Node.Index == n.Index && !p.IsTerminating))
        .ThenBy(n => n.Index)
        .FirstOrDefault();

    /// <summary>True when a pod may run on a node.</summary>
    /// <param name="spec">The pod.</param>
    /// <param name="node">The node.</param>
    public static bool Fits(PodSpec spec, ClusterNode node) =>
        (spec.NodeName is null || spec.NodeName == node.Name) && spec.NodeSelector.All(want => node.Labels.GetValueOrDefault(want.Key) == want.Value);
}
