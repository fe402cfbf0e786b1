using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Controllers;

/// <summary>All pods, and what starts and ends them.</summary>
/// <param name="services">What all pods share.</param>
/// <param name="nodes">The nodes.</param>
internal sealed class PodFleet(PodServices services, IReadOnlyList<ClusterNode> nodes) : IPodOwner
{
    private readonly ConcurrentDictionary<string, PodRunner> _runners = new();
    private readonly Dictionary<int, AddressPool> _pools = nodes.ToDictionary(n => n.Index, _ => new AddressPool(AddressPlan.FirstPod, AddressPlan.LastPod));
    private readonly ConcurrentDictionary<string, string> _unplaced = new();

    /// <summary>Called after any pod changed.</summary>
    public Action? Changed { get; set; }

    /// <inheritdoc/>
    public IReadOnlyCollection<Pod> Pods => [.. _runners.Values.Select(r => r.Pod)];

    /// <inheritdoc/>
    public IReadOnlyList<ClusterNode> Nodes => nodes;

    /// <summary>Pods that are wanted and have no place, with the reason.</summary>
    public ImmutableDictionary<string, string> Unplaced => _unplaced.ToImmutableDictionary();

    /// <summary>Forgets which pods have no place; controllers that still want them say so again.</summary>
    public void ForgetUnplaced() => _unplaced.Clear();

    /// <inheritdoc/>
    public void Create(PodResource pod, IReadOnlyCollection<Pod> siblings)
    {
        var what = $"{pod.Metadata.Namespace}/{pod.Metadata.OwnerReferences.FirstOrDefault()?.Name ?? pod.Metadata.Name}";
        if (Scheduler.Choose(pod.Spec, siblings, Pods, nodes) is not { } node)
        {
            _unplaced[what] = pod.Spec.NodeName is { } name
                ? $"no node fits: nodeName is {name}, there are {string.Join(", ", nodes.Select(n => n.Name))}"
                : $"no node fits: nodeSelector is {string.Join(", ", pod.Spec.NodeSelector.Select(s => $"{s.Key}={s.Value}"))}; label a node with up --node-label NODE:KEY=VALUE";
            return;
        }

        if (_pools[node.Index].Take() is not { } host)
        {
            _unplaced[what] = $"{node.Name} has no address left ({AddressPlan.LastPod - AddressPlan.FirstPod + 1} pods); use more nodes";
            return;
        }

        var placed = pod with { Spec = pod.Spec with { NodeName = node.Name } };
        var entry = new Pod(placed, node, AddressPlan.PodV4(node.Index, host), AddressPlan.PodV6(node.Index, host), host) { Changed = () => Changed?.Invoke() };
        var runner = new PodRunner(services, entry);
        _runners[entry.Uid] = runner;
        services.Background.Add(LiveAsync(runner));
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Delete(Pod pod) => Delete(pod, null);

    /// <summary>Begins a pod's end.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="grace">How long its programs may take; null for what the pod says.</param>
    public void Delete(Pod pod, TimeSpan? grace)
    {
        if (_runners.TryGetValue(pod.Uid, out var runner) && (!pod.IsTerminating || grace is not null))
        {
            runner.Delete(grace);
        }
    }

    /// <summary>Brings pods that were applied as such to what they ask for. Another spec makes another pod; labels change in place.</summary>
    /// <param name="objects">What is applied.</param>
    public void ReconcileBarePods(IEnumerable<StoredObject> objects)
    {
        foreach (var stored in objects)
        {
            var wanted = (PodResource)stored.Document.Resource!;
            var existing = Pods.FirstOrDefault(p => p.Namespace == wanted.Metadata.Namespace && p.Name == wanted.Metadata.Name);
            var revision = PodRevision(stored);
            if (existing is null)
            {
                // A pod that was deleted and applied again is another one, with another UID.
                var metadata = wanted.Metadata with { Uid = Guid.NewGuid().ToString(), Annotations = wanted.Metadata.Annotations.SetItem(RevisionAnnotation, revision) };
                Create(wanted with { Metadata = metadata, Spec = wanted.Spec with { ServiceAccountName = wanted.Spec.ServiceAccountName ?? "default" } }, []);
            }
            else if (existing.Resource.Metadata.Annotations.GetValueOrDefault(RevisionAnnotation) != revision)
            {
                Delete(existing);
            }
            else if (!existing.IsTerminating && (Differ(existing.Resource.Metadata.Labels, wanted.Metadata.Labels)
                || Differ(existing.Resource.Metadata.Annotations.Remove(RevisionAnnotation), wanted.Metadata.Annotations)))
            {
                existing.Relabel(wanted.Metadata.Labels, wanted.Metadata.Annotations.SetItem(RevisionAnnotation, revision));
            }
        }
    }

    /// <summary>Ends pods whose owner is gone.</summary>
    /// <param name="objects">What is applied.</param>
    public void RemoveOrphans(IReadOnlyCollection<StoredObject> objects)
    {
        var owners = objects.Select(o => o.Uid).ToHashSet();
        var bare = objects.Where(o => o.Document.Resource is PodResource).Select(o => (o.Key.Namespace, o.Key.Name)).ToHashSet();
        foreach (var pod in Pods.Where(p => !p.IsTerminating && (p.Owner is { } owner ? !owners.Contains(owner.Uid!) : !bare.Contains((p.Namespace, p.Name)))))
        {
            Delete(pod);
        }
    }

    private const string RevisionAnnotation = "nodemesh.io/local-revision";

    private static string PodRevision(StoredObject stored) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            Resources.Manifests.ManifestWriter.ToJson(stored.Document.Root["spec"]!))))[..16];

    private static bool Differ(ImmutableDictionary<string, string> left, ImmutableDictionary<string, string> right) =>
        left.Count != right.Count || left.Any(e => right.GetValueOrDefault(e.Key) != e.Value);

    private async Task LiveAsync(PodRunner runner)
    {
        try
        {
            await runner.RunAsync();
        }
        finally
        {
            // The address is free only now: nothing of its old owner is left.
            _runners.TryRemove(runner.Pod.Uid, out _);
            _pools[runner.Pod.Node.Index].Release(runner.Pod.Host);
            runner.Dispose();
            Changed?.Invoke();
        }
    }
}
