using System.Globalization;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Controllers;

/// <summary>Brings a StatefulSet's pods to what it asks for: numbered names, made in order once the one before is ready, replaced from the last to the first.</summary>
/// <param name="pods">Makes and ends pods.</param>
/// <param name="time">The clock.</param>
internal sealed class StatefulSetController(IPodOwner pods, TimeProvider time)
{
    private const string RevisionLabel = "controller-revision-hash";

    /// <summary>Takes one step.</summary>
    /// <param name="stored">The StatefulSet.</param>
    public void Reconcile(StoredObject stored)
    {
        var set = (StatefulSetResource)stored.Document.Resource!;
        var hash = $"{set.Metadata.Name}-{PodTemplate.Hash(stored.Document)}";
        var owned = pods.Pods.Where(p => p.Owner?.Uid == stored.Uid).ToDictionary(p => p.Name);
        var wanted = Math.Max(0, set.Spec.Replicas ?? 1);
        var parallel = (stored.Document.Root.At("spec", "podManagementPolicy") as ManifestScalar)?.Text == "Parallel";
        var names = Enumerable.Range(0, wanted).Select(i => string.Create(CultureInfo.InvariantCulture, $"{set.Metadata.Name}-{i}")).ToList();
        var surplus = owned.Values.Where(p => !names.Contains(p.Name)).OrderByDescending(Ordinal).ToList();
        foreach (var pod in parallel ? surplus : surplus.Take(1))
        {
            pods.Delete(pod);
        }

        foreach (var name in names)
        {
            var existing = owned.GetValueOrDefault(name);
            if (existing is null)
            {
                Create(stored, set, name, hash);
            }

            if (!parallel && existing is not { IsReady: true })
            {
                return;
            }
        }

        Replace(names, owned, hash);
    }

    private void Replace(List<string> names, Dictionary<string, Pod> owned, string hash)
    {
        var all = names.Select(owned.GetValueOrDefault).ToList();
        if (all.Exists(p => p is not { IsTerminating: false }) || all.Exists(p => p!.TemplateHash == hash && !p.IsReady))
        {
            return;
        }

        var old = all.LastOrDefault(p => p!.TemplateHash != hash);
        if (old is not null)
        {
            pods.Delete(old);
        }
    }

    private void Create(StoredObject stored, StatefulSetResource set, string name, string hash)
    {
        KeyValuePair<string, string>[] labels =
        [
            new(RevisionLabel, hash),
            new("statefulset.kubernetes.io/pod-name", name),
            new("apps.kubernetes.io/pod-index", name[(name.LastIndexOf('-') + 1)..]),
        ];
        var pod = PodTemplate.Make(set, stored.Uid, set.Spec.Template, name, labels, time.GetUtcNow());
        pod = pod with { Spec = pod.Spec with { Hostname = pod.Spec.Hostname ?? name, Subdomain = pod.Spec.Subdomain ?? set.Spec.ServiceName } };
        pods.Create(pod, [.. pods.Pods.Where(p => p.Owner?.Uid == stored.Uid)]);
    }

    private static int Ordinal(Pod pod) =>
        int.TryParse(pod.Name[(pod.Name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture, out var ordinal) ? ordinal : -1;
}
