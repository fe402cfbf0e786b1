using System.Collections.Frozen;
using NodeMesh.Cli.Install;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Check;

/// <summary>By which network plugin pods get their network, as far as the API server shows it: the mesh's own is chained behind it.</summary>
/// <param name="client">The cluster.</param>
internal sealed class NetworkPluginChecks(KubernetesClient client)
{
    private const string Category = "network plugin";

    /// <summary>Plugins by the DaemonSet that brings them to the nodes.</summary>
    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["antrea-agent"] = "Antrea",
        ["aws-node"] = "Amazon VPC CNI",
        ["calico-node"] = "Calico",
        ["canal"] = "Canal",
        ["cilium"] = "Cilium",
        ["kindnet"] = "kindnet",
        ["kube-flannel-ds"] = "Flannel",
        ["kube-router"] = "kube-router",
        ["ovnkube-node"] = "OVN-Kubernetes",
        ["weave-net"] = "Weave Net",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Looks.</summary>
    /// <param name="nodes">The cluster's nodes.</param>
    /// <param name="daemonSets">Its DaemonSets.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<CheckOutcome>> RunAsync(IReadOnlyList<KubernetesObject> nodes, IReadOnlyList<KubernetesObject> daemonSets, CancellationToken ct)
    {
        var found = new List<CheckOutcome>();
        foreach (var node in nodes.Where(IsWithoutNetwork))
        {
            found.Add(CheckOutcome.Error(Category, $"{node.Metadata.Name} has a network", "its condition NetworkUnavailable holds: no plugin has set it up", $"kubectl describe node {node.Metadata.Name}; install a network plugin first, the mesh's is chained behind it"));
        }

        var plugins = daemonSets.Where(d => Known.ContainsKey(d.Metadata.Name!)).ToList();
        if (plugins.Count == 0)
        {
            found.Add(CheckOutcome.Ok(Category, "network plugin", "none that is known by name; any whose configuration is in cni.confDirectory of the nodes will do"));
        }

        foreach (var plugin in plugins)
        {
            var rollout = Rollout.Of(plugin with { Kind = "DaemonSet" });
            found.Add(rollout.IsDone
                ? CheckOutcome.Ok(Category, Known[plugin.Metadata.Name!], $"DaemonSet {plugin.Metadata.Namespace}/{plugin.Metadata.Name}")
                : CheckOutcome.Warning(Category, Known[plugin.Metadata.Name!], $"{rollout.Ready} of {rollout.Wanted} pods of DaemonSet {plugin.Metadata.Namespace}/{plugin.Metadata.Name} are ready", "pods of a node without its plugin do not start"));
            if (plugin.Metadata.Name == "cilium")
            {
                found.AddRange(await OfCiliumAsync(plugin.Metadata.Namespace!, ct));
            }
        }

        return found;
    }

    private static bool IsWithoutNetwork(KubernetesObject node) =>
        node["status"] is { } status && status.Items("conditions").Any(c => c.Text("type") == "NetworkUnavailable" && c.Text("status") == "True");

    private async Task<IEnumerable<CheckOutcome>> OfCiliumAsync(string ns, CancellationToken ct)
    {
        var found = new List<CheckOutcome>();
        var settings = (await client.Resources(KubernetesKinds.ConfigMaps).InNamespace(ns).FindAsync("cilium-config", ct))?.Data ?? [];
        if (settings.GetValueOrDefault("cni-exclusive") == "true")
        {
            found.Add(CheckOutcome.Warning(
                Category, "Cilium lets other plugins be chained", "cni-exclusive is true: it puts its own configuration back over what others add to it", "helm upgrade cilium … --set cni.exclusive=false"));
        }

        // Its hook on connect() may run before the capture's, which then sees a pod's address where the application has dialled a service's.
        if (settings.GetValueOrDefault("kube-proxy-replacement") is "true" or "strict" && settings.GetValueOrDefault("bpf-lb-sock-hostns-only") != "true")
        {
            found.Add(CheckOutcome.Warning(
                Category, "Cilium leaves pods' connections to services as they are", "it turns services' addresses into pods' in the sockets of pods: routes and policies of services would not apply",
                "helm upgrade cilium … --set socketLB.hostNamespaceOnly=true"));
        }

        return found;
    }
}
