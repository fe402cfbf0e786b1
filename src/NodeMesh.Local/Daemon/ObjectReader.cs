using System.Text.Json;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Controllers;
using NodeMesh.Local.Endpoints;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Daemon;

/// <summary>Reads objects with their status: of pods and nodes from the daemon, of controllers by counting, of mesh resources from what the control plane wrote.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="store">The objects.</param>
/// <param name="fleet">The pods.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectReader(MeshLayout layout, ObjectStore store, PodFleet fleet, IReadOnlyList<ClusterNode> nodes, TimeProvider time)
{
    /// <summary>The time by which ages are counted.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Objects of a kind, sorted by namespace and name.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="ns">A namespace; null for all.</param>
    /// <param name="name">A name; null for all.</param>
    public IEnumerable<ManifestMapping> Read(ResourceKind kind, string? ns, string? name)
    {
        var found = kind == ResourceKinds.Pod ? Pods().OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal)
            : kind.Kind == "Endpoints" && kind.Group.Length == 0 ? Endpoints()
            : kind == ResourceKinds.Node ? nodes.Select(n => (Namespace: "", n.Name, Root: ManifestWriter.ToNode(RuntimeManifests.ToResource(n))))
            : store.Objects.Values.Where(o => o.Key.Kind.Kind == kind.Kind && o.Key.Kind.Group == kind.Group)
                .OrderBy(o => o.Key.Namespace, StringComparer.Ordinal).ThenBy(o => o.Key.Name, StringComparer.Ordinal)
                .Select(o => (o.Key.Namespace, o.Key.Name, Root: WithStatus(o)));
        return found.Where(o => (ns is null || !kind.Namespaced || o.Namespace == ns) && (name is null || o.Name == name)).Select(o => o.Root);
    }

    private IEnumerable<(string Namespace, string Name, ManifestMapping Root)> Pods()
    {
        var placed = fleet.Pods;
        foreach (var pod in placed)
        {
            yield return (pod.Namespace, pod.Name, ManifestWriter.ToNode(pod.Snapshot()));
        }

        foreach (var stored in store.Objects.Values.Where(o => o.Document.Resource is PodResource && !placed.Any(p => p.Namespace == o.Key.Namespace && p.Name == o.Key.Name)))
        {
            var why = fleet.Unplaced.GetValueOrDefault($"{stored.Key.Namespace}/{stored.Key.Name}");
            var waiting = (PodResource)stored.Document.Resource! with { Status = new PodStatus { Phase = "Pending", Reason = why is null ? null : "Unschedulable", Message = why } };
            yield return (stored.Key.Namespace, stored.Key.Name, ManifestWriter.ToNode(waiting));
        }
    }

    // Kubernetes has a controller that writes them; here they are worked out when somebody asks.
    private IEnumerable<(string Namespace, string Name, ManifestMapping Root)> Endpoints()
    {
        var finder = new EndpointFinder(store, fleet.Pods);
        return store.All<ServiceResource>().Where(s => s.Spec.Type != "ExternalName")
            .OrderBy(s => s.Metadata.Namespace, StringComparer.Ordinal).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)
            .Select(s => (s.Metadata.Namespace!, s.Metadata.Name, ManifestWriter.ToNode(finder.Resource(s))));
    }

    private ManifestMapping WithStatus(StoredObject stored)
    {
        if (stored.Document.Resource is DeploymentResource or StatefulSetResource or DaemonSetResource)
        {
            return stored.Document.Root.With("status", ControllerStatus(stored));
        }

        var path = Path.Combine(layout.Status, Path.ChangeExtension(stored.Key.FileName, ".json"));
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var status = json.RootElement.TryGetProperty("status", out var inner) ? inner : json.RootElement;
            return stored.Document.Root.With("status", JsonNodes.Of(status));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            // The control plane has not said anything of it (yet).
            return stored.Document.Root;
        }
    }

    private ManifestMapping ControllerStatus(StoredObject stored)
    {
        var owned = fleet.Pods.Where(p => p.Owner?.Uid == stored.Uid && !p.IsTerminating).ToList();
        var hash = PodTemplate.Hash(stored.Document);
        var ready = owned.Count(p => p.IsReady);
        var updated = owned.Count(p => p.TemplateHash.EndsWith(hash, StringComparison.Ordinal));
        (string, int)[] numbers = stored.Document.Resource is DaemonSetResource set
            ?
            [
                ("desiredNumberScheduled", nodes.Count(n => Scheduler.Fits(set.Spec.Template.Spec, n))), ("currentNumberScheduled", owned.Count),
                ("numberReady", ready), ("numberAvailable", ready), ("updatedNumberScheduled", updated),
            ]
            : [("replicas", owned.Count), ("readyReplicas", ready), ("availableReplicas", ready), ("updatedReplicas", updated)];
        return new ManifestMapping([.. numbers.Select(n => new ManifestEntry(n.Item1, ManifestScalar.Integer(n.Item2)))]);
    }
}
