using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Controllers;

/// <summary>Brings a Deployment's pods to what it asks for; a changed template replaces them step by step (rolling update), or all at once (Recreate).</summary>
/// <param name="pods">Makes and ends pods.</param>
/// <param name="time">The clock.</param>
internal sealed class DeploymentController(IPodOwner pods, TimeProvider time)
{
    private const int DefaultPercent = 25;

    /// <summary>Takes one step.</summary>
    /// <param name="stored">The Deployment.</param>
    public void Reconcile(StoredObject stored)
    {
        var deployment = (DeploymentResource)stored.Document.Resource!;
        var hash = PodTemplate.Hash(stored.Document);
        var owned = pods.Pods.Where(p => p.Owner?.Uid == stored.Uid).ToList();
        var live = owned.Where(p => !p.IsTerminating).ToList();
        var current = live.Where(p => PodTemplate.IsCurrent(p, hash)).ToList();
        var old = live.Except(current).ToList();
        var wanted = Math.Max(0, deployment.Spec.Replicas ?? 1);
        var strategy = deployment.Spec.Strategy;
        if ((strategy?.At("type") as ManifestScalar)?.Text == "Recreate" && (old.Count > 0 || owned.Exists(p => !PodTemplate.IsCurrent(p, hash))))
        {
            old.ForEach(pods.Delete);
            return;
        }

        var surge = Share(strategy?.At("rollingUpdate", "maxSurge"), wanted, roundUp: true);
        var unavailable = Share(strategy?.At("rollingUpdate", "maxUnavailable"), wanted, roundUp: false);
        unavailable = surge + unavailable == 0 ? 1 : unavailable;
        var room = old.Count == 0 ? wanted - current.Count : Math.Min(wanted - current.Count, wanted + surge - live.Count);
        for (var i = 0; i < room; i++)
        {
            var name = $"{deployment.Metadata.Name}-{hash}-{PodTemplate.RandomSuffix()}";
            pods.Create(
                PodTemplate.Make(deployment, stored.Uid, deployment.Spec.Template, name, [new(Pod.TemplateHashLabel, hash)], time.GetUtcNow()),
                [.. pods.Pods.Where(p => p.Owner?.Uid == stored.Uid)]);
        }

        Shrink(current, old, live, wanted, unavailable);
    }

    private void Shrink(List<Pod> current, List<Pod> old, List<Pod> live, int wanted, int unavailable)
    {
        foreach (var pod in current.OrderBy(p => p.IsReady).ThenByDescending(p => p.Resource.Metadata.CreationTimestamp).Take(Math.Max(0, current.Count - wanted)))
        {
            pods.Delete(pod);
        }

        // Pods that take no traffic can go at once; of the others only as many as the rest can be without.
        var ready = live.Count(p => p.IsReady);
        foreach (var pod in old.OrderBy(p => p.IsReady).ToList())
        {
            if (!pod.IsReady)
            {
                pods.Delete(pod);
            }
            else if (ready - 1 >= wanted - unavailable)
            {
                ready--;
                pods.Delete(pod);
            }
        }
    }

    private static int Share(ManifestNode? node, int wanted, bool roundUp)
    {
        var text = (node as ManifestScalar)?.Text ?? $"{DefaultPercent}%";
        if (!text.EndsWith('%'))
        {
            return int.TryParse(text, out var number) ? Math.Max(0, number) : 0;
        }

        var percent = int.TryParse(text[..^1], out var value) ? Math.Max(0, value) : DefaultPercent;
        return roundUp ? ((wanted * percent) + 99) / 100 : wanted * percent / 100;
    }
}
