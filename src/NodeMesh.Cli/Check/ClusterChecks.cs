using System.Globalization;
using System.Text.Json;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Install;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Crds;

namespace NodeMesh.Cli.Check;

/// <summary>What a cluster must have before the mesh is installed, as far as the API server shows it.</summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">The mesh's namespace.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class ClusterChecks(KubernetesClient client, string ns, TimeProvider time)
{
    private const string Kubernetes = "kubernetes";
    private const string Rights = "rights";
    private const string Nodes = "nodes";

    /// <summary>The first kernel with all that eBPF capture needs (docs/architecture.md, Capture).</summary>
    private static readonly Version EbpfKernel = new(5, 17);

    private static readonly KubernetesKind NodeKind = new("", "v1", "Node", "nodes", false);

    /// <summary>What install does, each verb that a restricted user may lack.</summary>
    private static readonly (string Verb, string Group, string Resource, bool Namespaced)[] Needed =
    [
        ("create", "", "namespaces", false),
        ("create", "apiextensions.k8s.io", "customresourcedefinitions", false),
        ("create", "rbac.authorization.k8s.io", "clusterroles", false),
        ("bind", "rbac.authorization.k8s.io", "clusterroles", false),
        ("escalate", "rbac.authorization.k8s.io", "clusterroles", false),
        ("create", "rbac.authorization.k8s.io", "clusterrolebindings", false),
        ("create", "", "serviceaccounts", true),
        ("create", "", "configmaps", true),
        ("create", "", "services", true),
        ("create", "apps", "deployments", true),
        ("create", "apps", "daemonsets", true),
        ("patch", "apps", "daemonsets", true),
    ];

    /// <summary>Looks.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>What it found.</returns>
    public async Task<IReadOnlyList<CheckOutcome>> RunAsync(CancellationToken ct)
    {
        var version = await client.GetVersionAsync(ct);
        List<CheckOutcome> found =
        [
            CheckOutcome.Ok(Kubernetes, "the API server answers", client.Configuration.Host.ToString()),
            ClusterVersion.Of(version) < ClusterVersion.Oldest
                ? CheckOutcome.Error(Kubernetes, "version", $"{version.GitVersion} is too old", $"upgrade to {ClusterVersion.Oldest} or newer")
                : CheckOutcome.Ok(Kubernetes, "version", version.GitVersion ?? ""),
        ];
        found.AddRange(await Task.WhenAll(Needed.Select(n => CanAsync(n.Verb, n.Group, n.Resource, n.Namespaced, ct))));
        var nodes = await ListAsync(NodeKind, found, ct);
        var daemonSets = await ListAsync(Rollout.DaemonSets, found, ct);
        found.AddRange(nodes.SelectMany(OfNode));
        found.AddRange(await TryAsync("clocks", "leases of nodes", () => new ClockChecks(client, time).RunAsync(nodes, ct)));
        found.AddRange(await TryAsync("network plugin", "network plugin", () => new NetworkPluginChecks(client).RunAsync(nodes, daemonSets, ct)));
        found.AddRange(await TryAsync("certificates", $"Secret {ns}/cacerts", () => new AuthorityChecks(client, ns, time).BeforeAsync(ct)));
        found.AddRange(OtherMeshes(daemonSets));
        found.AddRange(await DefinitionsAsync(ct));
        return found;
    }

    /// <summary>Says whether a node's kubelet calls it ready.</summary>
    /// <param name="node">The node.</param>
    public static bool IsReady(KubernetesObject node) =>
        node["status"] is { } status && status.Items("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");

    /// <summary>Whoever may not read one thing is told of the others all the same.</summary>
    private static async Task<IReadOnlyList<CheckOutcome>> TryAsync(string category, string what, Func<Task<IReadOnlyList<CheckOutcome>>> look)
    {
        try
        {
            return await look();
        }
        catch (KubernetesException e) when (e.IsForbidden)
        {
            return [CheckOutcome.Warning(category, what, $"cannot be looked at: {e.Status.Message ?? e.Message}", "let somebody with the right to read it run this")];
        }
    }

    private async Task<IReadOnlyList<KubernetesObject>> ListAsync(KubernetesKind kind, List<CheckOutcome> found, CancellationToken ct)
    {
        IReadOnlyList<KubernetesObject> items = [];
        found.AddRange(await TryAsync(Rights, $"list {kind.Resource}", async () =>
        {
            items = (await client.Resources(kind).ListAllAsync(null, ct)).Items;
            return [];
        }));
        return items;
    }

    private async Task<CheckOutcome> CanAsync(string verb, string group, string resource, bool namespaced, CancellationToken ct)
    {
        var what = $"{verb} {(group.Length == 0 ? resource : $"{resource}.{group}")}";
        var answer = await client.ReviewAccessAsync(new V1ResourceAttributes { Verb = verb, Group = group, Resource = resource, Namespace = namespaced ? ns : null }, ct);
        if (answer.Allowed == true)
        {
            return CheckOutcome.Ok(Rights, what);
        }

        // Whoever has all the rights that the mesh gets may give them without these two.
        return verb is "bind" or "escalate"
            ? CheckOutcome.Warning(Rights, what, "not allowed", "needed unless you have yourself every right that the mesh's roles give")
            : CheckOutcome.Error(Rights, what, "not allowed", "install as cluster-admin, or let an administrator apply 'nodemesh manifest'");
    }

    private static IEnumerable<CheckOutcome> OfNode(KubernetesObject node)
    {
        var name = node.Metadata.Name!;
        var status = node["status"] ?? default;
        var info = status.ValueKind == JsonValueKind.Object && status.TryGetProperty("nodeInfo", out var given) ? given : default;
        yield return IsReady(node) ? CheckOutcome.Ok(Nodes, $"{name} is ready") : CheckOutcome.Error(Nodes, $"{name} is ready", "it is not", $"kubectl describe node {name}");
        var system = $"{info.Text("operatingSystem")}/{info.Text("architecture")}";
        if (system != "linux/amd64")
        {
            yield return CheckOutcome.Warning(Nodes, $"{name} is linux/amd64", $"it is {system}", "the image has no program for it; keep the proxy off by proxy.nodeSelector");
            yield break;
        }

        var kernel = info.Text("kernelVersion");
        var parts = kernel.Split('.', '-', '+');
        var known = parts.Length > 1 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var major) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var minor)
            ? new Version(major, minor)
            : null;
        yield return known is null || known < EbpfKernel
            ? CheckOutcome.Warning(Nodes, $"{name} can capture by eBPF", $"its kernel is {kernel}, and {EbpfKernel} is needed", "traffic is captured by iptables there, which works as well and costs more")
            : CheckOutcome.Ok(Nodes, $"{name} can capture by eBPF", $"kernel {kernel}, {info.Text("containerRuntimeVersion")}");
    }

    /// <summary>Definitions of others stay as they are: of what they serve, a version must be one that is read.</summary>
    private async Task<List<CheckOutcome>> DefinitionsAsync(CancellationToken ct)
    {
        const string Category = "definitions";
        var served = await client.Discovery.GetServedAsync(ct);
        List<CheckOutcome> found =
        [
            .. from kind in CrdGenerator.Kinds
               let other = served.Find(kind.Group, kind.Kind)
               where other is not null && served.Find(kind.Group, kind.Kind, [.. kind.Versions]) is null
               select CheckOutcome.Warning(
                   Category, $"{kind.Plural}.{kind.Group}", $"served as {other.Kind.Version}, and {string.Join(", ", kind.Versions)} is read: such resources have no effect",
                   "let the definition serve one of these too, or use a newer nodemesh"),
        ];
        return found.Count > 0 ? found : [CheckOutcome.Ok(Category, "versions that are served are read")];
    }

    private static List<CheckOutcome> OtherMeshes(IReadOnlyList<KubernetesObject> daemonSets)
    {
        List<CheckOutcome> found =
        [
            .. daemonSets.Where(d => d.Metadata.Name is "ztunnel" or "linkerd-cni").Select(other => CheckOutcome.Error(
                "other meshes", $"{other.Metadata.Namespace}/{other.Metadata.Name}", "another mesh captures pods by the same labels",
                "two cannot own a pod: remove one, or label namespaces nodemesh.io/mesh=enabled alone")),
        ];
        return found.Count > 0 ? found : [CheckOutcome.Ok("other meshes", "none captures pods")];
    }
}
