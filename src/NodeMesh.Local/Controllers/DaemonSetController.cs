using NodeMesh.Local.Cluster;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Controllers;

/// <summary>Brings a DaemonSet's pods to what it asks for: one on each node that fits; a changed template replaces them one after the other.</summary>
/// <param name="pods">Makes and ends pods.</param>
/// <param name="time">The clock.</param>
internal sealed class DaemonSetController(IPodOwner pods, TimeProvider time)
{
    private const string RevisionLabel = "controller-revision-hash";

    /// <summary>Takes one step.</summary>
    /// <param name="stored">The DaemonSet.</param>
    public void Reconcile(StoredObject stored)
    {
        var set = (DaemonSetResource)stored.Document.Resource!;
        var hash = PodTemplate.Hash(stored.Document);
        var owned = pods.Pods.Where(p => p.Owner?.Uid == stored.Uid).ToList();
        var nodes = pods.Nodes.Where(n => Scheduler.Fits(set.Spec.Template.Spec, n)).ToList();
        foreach (var pod in owned.Where(p => !p.IsTerminating && !nodes.Exists(n => n.Name == p.Node.Name)))
        {
            pods.Delete(pod);
        }

        foreach (var node in nodes.Where(n => !owned.Exists(p => p.Node.Name == n.Name)))
        {
            var name = $"{set.Metadata.Name}-{PodTemplate.RandomSuffix()}";
            var pod = PodTemplate.Make(set, stored.Uid, set.Spec.Template, name, [new(RevisionLabel, hash)], time.GetUtcNow());
            pods.Create(pod with { Spec = pod.Spec with { NodeName = node.Name } }, owned);
        }

        var old = owned.Where(p => !p.IsTerminating && p.TemplateHash != hash).OrderBy(p => p.IsReady).FirstOrDefault();
        if (old is not null && owned.TrueForAll(p => p == old || p is { IsReady: true } || p.TemplateHash != hash) && owned.TrueForAll(p => !p.IsTerminating))
        {
            pods.Delete(old);
        }
    }
}
