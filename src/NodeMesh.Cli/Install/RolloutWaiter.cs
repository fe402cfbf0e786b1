using System.Globalization;
using NodeMesh.Cli.Cluster;
using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.Install;

/// <summary>Waits for Deployments and DaemonSets, and says why a pod does not come up when the time is over.</summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">The mesh's namespace.</param>
/// <param name="progress">Says what is waited for.</param>
/// <param name="time">The clock.</param>
internal sealed class RolloutWaiter(KubernetesClient client, string ns, InstallProgress progress, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);

    /// <summary>Waits until all pods of a workload are of its newest version and ready.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="what">What it is called in progress lines.</param>
    /// <param name="limit">How long.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ClusterException">The time is over.</exception>
    public async Task WaitAsync(KubernetesKind kind, string name, string what, TimeSpan limit, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var said = default(Rollout);
        while (true)
        {
            var rollout = Rollout.Of(await client.Resources(kind).InNamespace(ns).ReadAsync(name, ct));
            if (rollout.IsDone)
            {
                progress.Done(string.Create(CultureInfo.InvariantCulture, $"{what}: {rollout.Ready} of {rollout.Wanted} ready"));
                return;
            }

            if (rollout != said)
            {
                said = rollout;
                progress.Waiting(string.Create(CultureInfo.InvariantCulture, $"{what}: {rollout.Ready} of {rollout.Wanted} ready"));
            }

            if (time.GetElapsedTime(began) > limit)
            {
                var reasons = await ExplainAsync(name, ct);
                throw new ClusterException($"{what}: not ready after {limit.TotalSeconds:0} s{(reasons.Count == 0 ? "" : ":\n  " + string.Join("\n  ", reasons))}");
            }

            await Task.Delay(Poll, time, ct);
        }
    }

    /// <summary>Waits until an object is there.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="limit">How long.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ClusterException">The time is over.</exception>
    public async Task WaitForAsync(KubernetesKind kind, string name, TimeSpan limit, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        while (await client.Resources(kind).InNamespace(ns).FindAsync(name, ct) is null)
        {
            if (time.GetElapsedTime(began) > limit)
            {
                throw new ClusterException($"{kind.Kind} {ns}/{name} is not there after {limit.TotalSeconds:0} s; see the control plane's log: kubectl -n {ns} logs deploy/nodemesh-control");
            }

            await Task.Delay(Poll, time, ct);
        }
    }

    private async Task<List<string>> ExplainAsync(string app, CancellationToken ct)
    {
        var pods = await client.Resources(KubernetesKinds.Pods).InNamespace(ns).ListAllAsync(new ListOptions { LabelSelector = $"app={app}" }, ct);
        var reasons = new List<string>();
        foreach (var pod in pods.Items.Where(p => p.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) != true))
        {
            var node = pod.Spec?.NodeName is { } name ? $" on {name}" : "";
            var scheduled = pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" });
            reasons.Add($"pod {pod.Metadata.Name}{node}: {(scheduled is not null ? scheduled.Message : string.Join("; ", PodTrouble.Of(pod)))}");
        }

        return reasons;
    }
}
