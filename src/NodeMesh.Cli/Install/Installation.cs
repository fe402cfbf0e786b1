using System.Collections.Immutable;
using NodeMesh.Charts;
using NodeMesh.Cli.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Discovery;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Install;

/// <summary>Puts the mesh on a cluster, or a newer version over an older one, in the order in which the parts need each other.</summary>
/// <param name="client">The cluster.</param>
/// <param name="request">What to install.</param>
/// <param name="progress">Says how it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class Installation(KubernetesClient client, InstallRequest request, InstallProgress progress, TimeProvider time)
{
    private const string TrustBundle = "nodemesh-ca-root-cert";

    /// <summary>Kinds whose objects an older version may have made, and a newer one no longer wants.</summary>
    private static readonly ImmutableArray<string> Pruned =
        ["ServiceAccount", "ConfigMap", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service", "Deployment", "DaemonSet", "PodDisruptionBudget", "ResourceQuota", "NetworkPolicy", "ValidatingWebhookConfiguration"];

    private readonly RolloutWaiter _waiter = new(client, request.Namespace, progress, time);

    /// <summary>Installs.</summary>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ClusterException">The cluster is too old, or a part does not come up.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var version = await client.GetVersionAsync(ct);
        progress.Done($"Kubernetes {version.GitVersion} at {client.Configuration.Host}");
        if (ClusterVersion.Of(version) < ClusterVersion.Oldest)
        {
            throw new ClusterException($"Kubernetes {version.GitVersion} is too old: {ClusterVersion.Oldest} or newer is needed");
        }

        if (!request.SkipDefinitions)
        {
            var (applied, kept) = await new DefinitionInstaller(client, time).InstallAsync(request.Chart.Definitions(), version, request.DryRun, request.Timeout, ct);
            progress.Done($"custom resource definitions: {applied} applied{(kept > 0 ? $", {kept} of others kept" : "")}");
        }

        var served = await client.Discovery.GetServedAsync(ct);
        var objects = request.Chart.Render(
            new ChartRelease { Namespace = request.Namespace, KubeVersion = version.GitVersion ?? "", ApiVersions = [.. served.All.Select(s => s.Kind.ApiVersion).Distinct()] },
            request.Values);
        var last = objects.Where(o => o.Kind == "DaemonSet").ToList();

        // The webhook after the mesh's own policies: until a control plane answers, it has the API server refuse them.
        await ApplyAsync(served, [.. objects.Except(last).OrderBy(o => o.Kind == "ValidatingWebhookConfiguration")], ct);
        if (request is { Record: { } record, DryRun: false })
        {
            await record.SaveAsync(client, request.Namespace, ct);
        }

        progress.Done("control plane: applied");
        if (request is { Wait: true, DryRun: false } && request.Values.Text("control", "replicas") != "0")
        {
            await _waiter.WaitAsync(Rollout.Deployments, "nodemesh-control", "control plane", request.Timeout, ct);

            // A node proxy's pod mounts it: a kubelet that does not find it tries again at growing intervals.
            await _waiter.WaitForAsync(KubernetesKinds.ConfigMaps, TrustBundle, request.Timeout, ct);
        }

        await ApplyAsync(served, last, ct);
        progress.Done("node proxies: applied");
        if (request is { Wait: true, DryRun: false })
        {
            await _waiter.WaitAsync(Rollout.DaemonSets, "nodemesh-proxy", "node proxies", request.Timeout, ct);
        }

        await PruneAsync(served, objects, ct);
    }

    private async Task ApplyAsync(ServedResources served, IReadOnlyList<RenderedObject> objects, CancellationToken ct)
    {
        foreach (var wanted in objects)
        {
            var slash = wanted.ApiVersion.IndexOf('/', StringComparison.Ordinal);
            var (group, version) = slash < 0 ? ("", wanted.ApiVersion) : (wanted.ApiVersion[..slash], wanted.ApiVersion[(slash + 1)..]);
            var kind = served.Find(group, wanted.Kind, version)
                ?? throw new ClusterException($"{wanted}: the cluster does not serve {wanted.ApiVersion} {wanted.Kind}; install its definition, or turn the value off that asks for it");
            try
            {
                await client.Resources(kind.Kind).InNamespace(wanted.Namespace)
                    .ApplyAsync(KubernetesObject.Parse(ManifestWriter.ToJson(wanted.Tree)), new WriteOptions { FieldManager = Ownership.Name, Force = true, DryRun = request.DryRun }, ct);
            }
            catch (KubernetesException e) when (request.DryRun && e.IsNotFound)
            {
                // A dry run made no namespace, and what goes into it cannot be tried.
            }
        }
    }

    private async Task PruneAsync(ServedResources served, IReadOnlyList<RenderedObject> wanted, CancellationToken ct)
    {
        var keep = wanted.Select(o => (o.Kind, o.Namespace ?? "", o.Name)).ToHashSet();
        foreach (var kind in served.All.Where(s => Pruned.Contains(s.Kind.Kind)).GroupBy(s => (s.Kind.Group, s.Kind.Kind)).Select(g => g.First().Kind))
        {
            var there = await client.Resources(kind).InNamespace(kind.Namespaced ? request.Namespace : null)
                .ListAllAsync(new ListOptions { LabelSelector = $"{Ownership.Selector},{Ownership.ManagedBy}={Ownership.Name}" }, ct);
            foreach (var old in there.Items.Where(i => !keep.Contains((kind.Kind, i.Metadata.Namespace ?? "", i.Metadata.Name!))))
            {
                if (!request.DryRun)
                {
                    await client.Resources(kind).InNamespace(old.Metadata.Namespace).DeleteIfExistsAsync(old.Metadata.Name!, null, ct);
                }

                progress.Done($"removed {kind.Kind} {old.Metadata.Name}, which this version does not want");
            }
        }
    }
}
