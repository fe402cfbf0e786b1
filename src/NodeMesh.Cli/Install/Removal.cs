using System.Collections.Immutable;
using NodeMesh.Cli.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Install;

/// <summary>
/// Takes the mesh off a cluster. First the node proxies: their agents see that their DaemonSet is gone, release every pod and clean their nodes up as they
/// end. Then the control plane, so that nobody writes again what is removed after it.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">The mesh's namespace.</param>
/// <param name="progress">Says how it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class Removal(KubernetesClient client, string ns, InstallProgress progress, TimeProvider time)
{
    private const string Control = "nodemesh-control";
    private const string TrustBundle = "nodemesh-ca-root-cert";
    private const string AuthoritySecret = "nodemesh-ca";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);

    private static readonly KubernetesKind ReplicaSets = new("apps", "v1", "ReplicaSet", "replicasets", true);

    private static readonly V1DeleteOptions Background = new() { PropagationPolicy = "Background" };

    private static readonly KubernetesKind Webhooks =
        new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false);

    /// <summary>What else the installation made, last first.</summary>
    private static readonly ImmutableArray<string> Kinds =
    [
        "ServiceMonitor", "PodMonitor", "Service", "RoleBinding", "Role", "ClusterRoleBinding", "ClusterRole", "ConfigMap",
        "ServiceAccount", "PodDisruptionBudget", "ResourceQuota", "NetworkPolicy", "PeerAuthentication",
    ];

    /// <summary>Removes.</summary>
    /// <param name="purge">The definitions that we installed with all policies, the CA's keys and the namespace too.</param>
    /// <param name="timeout">How long to wait for each part.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ClusterException">A part does not go.</exception>
    public async Task RunAsync(bool purge, TimeSpan timeout, CancellationToken ct)
    {
        // Without a control plane behind it, it would refuse every change of a policy.
        await client.Resources(Webhooks).DeleteIfExistsAsync("nodemesh-validator", null, ct);
        await RemoveWorkloadAsync(Rollout.DaemonSets, "nodemesh-proxy", "node proxies", timeout, ct);

        await RemoveControlAsync(timeout, ct);
        if (purge)
        {
            await client.Resources(KubernetesKinds.Secrets).InNamespace(ns).DeleteIfExistsAsync(AuthoritySecret, null, ct);
            await RemoveNamespacesAsync(timeout, ct);
            await RemoveDefinitionsAsync(timeout, ct);
        }
        else
        {
            progress.Done($"kept: definitions and policies, Secret {ns}/{AuthoritySecret} with the CA's keys, namespace {ns} (uninstall --purge removes them)");
        }
    }

    private async Task RemoveControlAsync(TimeSpan timeout, CancellationToken ct)
    {
        await RemoveWorkloadAsync(Rollout.Deployments, Control, "control plane", timeout, ct);
        var removed = await RemoveLabelledAsync(ct);
        removed += await RemoveTrustBundlesAsync(ct);
        removed += await client.Resources(KubernetesKinds.Leases).InNamespace(ns).DeleteIfExistsAsync(Control, null, ct) ? 1 : 0;
        progress.Done($"{removed} other objects: removed");
        await client.Resources(KubernetesKinds.Secrets).InNamespace(ns).DeleteIfExistsAsync(ReleaseRecord.SecretName, null, ct);
    }

    private async Task RemoveNamespacesAsync(TimeSpan timeout, CancellationToken ct)
    {
        var namespaces = client.Resources(KubernetesKinds.Namespaces);
        var ours = (await namespaces.ListAllAsync(new ListOptions { LabelSelector = Ownership.Selector }, ct)).Items.Select(n => n.Metadata.Name!).ToList();
        foreach (var name in ours)
        {
            await namespaces.DeleteIfExistsAsync(name, null, ct);
        }

        foreach (var name in ours)
        {
            await UntilAsync(async () => await namespaces.FindAsync(name, ct) is null, timeout, $"namespace {name} does not go: kubectl get namespace {name} -o yaml says what holds it", ct);
            progress.Done($"namespace {name}: removed");
        }
    }

    /// <summary>
    /// After the namespaces: their controller asks for the objects of every kind that is served, and begins again, ever later, while kinds go away under its hands. Definitions first
    /// made it take four times as long.
    /// </summary>
    private async Task RemoveDefinitionsAsync(TimeSpan timeout, CancellationToken ct)
    {
        var installer = new DefinitionInstaller(client, time);
        var definitions = await installer.RemoveAsync(ct);
        await UntilAsync(
            async () => await installer.AreGoneAsync(ct), timeout, $"custom resource definitions do not go: kubectl get crd -l {Ownership.Selector} -o yaml says what holds them", ct);
        progress.Done($"{definitions} custom resource definitions, and what was of their kinds: removed");
    }

    private async Task RemoveWorkloadAsync(KubernetesKind kind, string name, string what, TimeSpan timeout, CancellationToken ct)
    {
        // The pods go after their owner: that is what tells an agent that it is not merely restarted.
        if (!await client.Resources(kind).InNamespace(ns).DeleteIfExistsAsync(name, Background, ct))
        {
            progress.Done($"{what}: none there");
            return;
        }

        // The cluster's garbage collector would take them, too, in its own time and in two rounds for a Deployment.
        var select = new ListOptions { LabelSelector = $"app={name}" };
        progress.Waiting($"{what}: stopping");
        await RemoveSelectedAsync(client.Resources(ReplicaSets).InNamespace(ns), select, ct);
        await UntilAsync(
            async () => await RemoveSelectedAsync(client.Resources(KubernetesKinds.Pods).InNamespace(ns), select, ct) == 0, timeout,
            $"{what}: pods do not end: kubectl -n {ns} get pods -l app={name} -o wide shows where", ct);
        progress.Done($"{what}: removed");
    }

    /// <summary>Removes what is not on its way out already.</summary>
    /// <returns>How many there are.</returns>
    private static async Task<int> RemoveSelectedAsync<T>(ResourceClient<T> resources, ListOptions select, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var there = (await resources.ListAllAsync(select, ct)).Items;
        foreach (var item in there.Where(i => i.Metadata.DeletionTimestamp is null))
        {
            await resources.DeleteIfExistsAsync(item.Metadata.Name!, Background, ct);
        }

        return there.Count;
    }

    private async Task<int> RemoveLabelledAsync(CancellationToken ct)
    {
        var served = await client.Discovery.GetServedAsync(ct);
        var removed = 0;
        foreach (var kind in Kinds.Select(k => served.All.FirstOrDefault(s => s.Kind.Kind == k && s.Verbs.Contains("list"))?.Kind).OfType<KubernetesKind>())
        {
            foreach (var item in (await client.Resources(kind).ListAllAsync(new ListOptions { LabelSelector = Ownership.Selector }, ct)).Items)
            {
                removed += await client.Resources(kind).InNamespace(item.Metadata.Namespace).DeleteIfExistsAsync(item.Metadata.Name!, null, ct) ? 1 : 0;
            }
        }

        return removed;
    }

    private async Task<int> RemoveTrustBundlesAsync(CancellationToken ct)
    {
        var maps = client.Resources(KubernetesKinds.ConfigMaps);
        var removed = 0;
        foreach (var map in (await maps.ListAllAsync(new ListOptions { FieldSelector = $"metadata.name={TrustBundle}" }, ct)).Items)
        {
            removed += await maps.InNamespace(map.Metadata.Namespace).DeleteIfExistsAsync(TrustBundle, null, ct) ? 1 : 0;
        }

        return removed;
    }

    private async Task UntilAsync(Func<Task<bool>> done, TimeSpan timeout, string otherwise, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        while (!await done())
        {
            if (time.GetElapsedTime(began) > timeout)
            {
                throw new ClusterException(otherwise);
            }

            await Task.Delay(Poll, time, ct);
        }
    }
}
