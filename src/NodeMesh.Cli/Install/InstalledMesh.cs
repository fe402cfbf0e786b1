using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.Install;

/// <summary>A mesh that is installed on a cluster.</summary>
/// <param name="Version">Its version, as its control plane's Deployment is labelled.</param>
/// <param name="ManagedBy">Who installed it: <c>nodemesh</c> or <c>Helm</c>.</param>
internal sealed record InstalledMesh(string Version, string ManagedBy)
{
    /// <summary>Looks for one.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The mesh's namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The mesh; null when there is none.</returns>
    public static async Task<InstalledMesh?> FindAsync(KubernetesClient client, string ns, CancellationToken ct)
    {
        var labels = (await client.Resources(Rollout.Deployments).InNamespace(ns).FindAsync("nodemesh-control", ct))?.Metadata.Labels;
        return labels is null ? null : new InstalledMesh(labels.GetValueOrDefault("app.kubernetes.io/version", "unknown"), labels.GetValueOrDefault(Ownership.ManagedBy, "unknown"));
    }
}
