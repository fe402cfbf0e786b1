using System.Collections.Immutable;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Controllers;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Mesh;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Daemon;

/// <summary>Says how the mesh goes, and what is missing until all is ready.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="store">The objects.</param>
/// <param name="fleet">The pods.</param>
/// <param name="enrollment">Who is in the mesh.</param>
/// <param name="components">The mesh's own processes.</param>
/// <param name="loop">Brings the cluster to what was applied.</param>
/// <param name="capture">How capture was asked for.</param>
internal sealed class StatusReporter(
    MeshLayout layout, IReadOnlyList<ClusterNode> nodes, ObjectStore store, PodFleet fleet, MeshEnrollment enrollment, ImmutableDictionary<string, Component> components, ClusterLoop loop, string capture)
{
    /// <summary>How it goes now.</summary>
    public MeshStatus Report()
    {
        var pods = fleet.Pods;
        ImmutableArray<string> missing = [.. Missing(pods)];
        return new MeshStatus(
            layout.Name.Value,
            missing.IsEmpty,
            missing,
            [.. nodes.Select(n => Summarize(n, pods))],
            components.GetValueOrDefault(ComponentFactory.ControlName)?.Status,
            [.. pods.OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal).Select(Summarize)])
        {
            Capture = components.IsEmpty ? null : Capture(pods),
        };
    }

    /// <summary>What a pod's column STATUS says.</summary>
    /// <param name="pod">The pod.</param>
    public static string StatusWord(PodResource pod)
    {
        var waiting = pod.Status!.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).Select(c => c.State?.Waiting?.Reason).FirstOrDefault(r => r is not null);
        return pod.Metadata.DeletionTimestamp is not null ? "Terminating"
            : pod.Status.Reason
            ?? (pod.Status.Phase == "Succeeded" ? "Completed" : pod.Status.Phase == "Failed" ? "Error" : waiting ?? pod.Status.Phase ?? "Unknown");
    }

    /// <summary>As the proxies say for the pods that they captured; before the first, nobody knows what "auto" chose.</summary>
    private string? Capture(IEnumerable<Pod> pods)
    {
        var modes = pods.Select(enrollment.CaptureModeOf).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        return modes.Count > 0 ? string.Join(", ", modes) : capture;
    }

    private IEnumerable<string> Missing(IReadOnlyCollection<Pod> pods)
    {
        foreach (var component in components.Values.Select(c => c.Status).Where(s => !s.Ready).OrderBy(s => s.Name))
        {
            yield return $"{component.Name}: {component.Problem}";
        }

        if (loop.Problem is { } problem)
        {
            yield return $"cluster: {problem}";
        }

        foreach (var (what, why) in fleet.Unplaced)
        {
            yield return $"{what}: {why}";
        }

        foreach (var stored in store.Objects.Values)
        {
            if (Wanted(stored) is { } wanted)
            {
                var ready = pods.Count(p => p.Owner?.Uid == stored.Uid && p.IsReady);
                if (ready < wanted)
                {
                    yield return $"{stored.Key} in {stored.Key.Namespace}: {ready} of {wanted} pods are ready";
                }
            }
            else if (stored.Document.Resource is PodResource && !pods.Any(p => p.Namespace == stored.Key.Namespace && p.Name == stored.Key.Name))
            {
                yield return $"{stored.Key} in {stored.Key.Namespace}: it is not placed yet";
            }
        }

        foreach (var pod in pods.Where(p => !p.IsTerminating && !p.IsReady && p.Snapshot().Status!.Phase != "Succeeded"))
        {
            yield return $"pod {pod}: {pod.Problem ?? "it is not ready yet"}";
        }
    }

    private int? Wanted(StoredObject stored) => stored.Document.Resource switch
    {
        DeploymentResource deployment => deployment.Spec.Replicas ?? 1,
        StatefulSetResource set => set.Spec.Replicas ?? 1,
        DaemonSetResource set => nodes.Count(n => Scheduler.Fits(set.Spec.Template.Spec, n)),
        _ => null,
    };

    private NodeSummary Summarize(ClusterNode node, IReadOnlyCollection<Pod> pods) => new(
        node.Name,
        [.. node.Addresses.Select(a => a.ToString())],
        node.Zone,
        layout.Name.NodeNamespace(node.Name),
        pods.Count(p => p.Node.Index == node.Index),
        components.GetValueOrDefault(ComponentFactory.ProxyName(node.Name))?.Status);

    private PodSummary Summarize(Pod pod)
    {
        var snapshot = pod.Snapshot();
        return new PodSummary(
            pod.Namespace, pod.Name, pod.Uid, pod.Node.Name, pod.V4.ToString(), pod.IsReady, StatusWord(snapshot),
            snapshot.Status!.ContainerStatuses.Sum(c => c.RestartCount ?? 0), enrollment.IsMember(pod), pod.Problem);
    }
}
