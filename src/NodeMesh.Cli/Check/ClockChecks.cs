using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Check;

/// <summary>Whether nodes have the time before anything of the mesh runs there: kubelets renew a lease by their own clock.</summary>
/// <param name="client">The cluster.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class ClockChecks(KubernetesClient client, TimeProvider time)
{
    private const string Category = "clocks";

    /// <summary>Certificates are valid from a minute before they are issued; a clock that is wrong by more refuses them.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    /// <summary>Kubelets renew every 10 s, and a node counts as ready for 50 s without.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(90);

    /// <summary>Looks.</summary>
    /// <param name="nodes">The cluster's nodes.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<CheckOutcome>> RunAsync(IReadOnlyList<KubernetesObject> nodes, CancellationToken ct)
    {
        var leases = (await client.Resources(KubernetesKinds.Leases).InNamespace("kube-node-lease").ListAllAsync(null, ct)).Items
            .Where(l => l.Spec?.RenewTime is not null).ToDictionary(l => l.Metadata.Name!, l => l.Spec!.RenewTime!.Value, StringComparer.Ordinal);

        // After the answer: what was renewed while it was made is not in the future.
        var now = time.GetUtcNow();
        return [.. nodes.Where(n => leases.ContainsKey(n.Metadata.Name!)).Select(n => Compare(n, leases[n.Metadata.Name!] - now))];
    }

    private static CheckOutcome Compare(KubernetesObject node, TimeSpan off)
    {
        var what = $"{node.Metadata.Name} has this machine's time";
        const string Hint = "set the clock that is wrong (chrony, systemd-timesyncd): certificates are refused before their time and after";
        return off > Ahead ? CheckOutcome.Error(Category, what, $"its clock is at least {JsonRead.Duration(off.TotalSeconds)} ahead of it", Hint)
            : off < -Behind && ClusterChecks.IsReady(node) ? CheckOutcome.Error(Category, what, $"its clock is about {JsonRead.Duration(-off.TotalSeconds)} behind it, or its kubelet has stopped", Hint)
            : CheckOutcome.Ok(Category, what);
    }
}
