using System.Collections.Concurrent;
using System.Globalization;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Scale;

/// <summary>Nodes, Services and pods of a shop, as the API server has them; nobody runs the pods.</summary>
internal sealed class SimulatedCluster(KubernetesClient client, int podsPerNode)
{
    public const string MeshNamespace = "nodemesh-system";
    private const string Account = "nodemesh-proxy";
    private const string Audience = "nodemesh-ca";
    private const int Namespaces = 10;
    private const int ServicesPerNamespace = 10;
    /// <summary>So many are enough to keep etcd busy, and few enough for priority and fairness to refuse none.</summary>
    private const int RequestsAtOnce = 32;
    private static readonly KubernetesKind Nodes = new("", "v1", "Node", "nodes", false);
    private static readonly KubernetesKind Services = new("", "v1", "Service", "services", true);
    private static readonly KubernetesKind Pods = new("", "v1", "Pod", "pods", true);
    private static readonly KubernetesKind NetworkPolicies = new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true);

    /// <summary>How many nodes there are.</summary>
    public int NodeCount { get; private set; }

    /// <summary>How many pods there are.</summary>
    public int PodCount => NodeCount * podsPerNode;

    public static string NodeName(int node) => string.Create(CultureInfo.InvariantCulture, $"node-{node}");

    /// <summary>Namespaces, Services, and a NetworkPolicy in each namespace.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        await CreateAsync(client.Resources(KubernetesKinds.Namespaces).CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = MeshNamespace } }, null, ct));
        var account = new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = Account } };
        await CreateAsync(client.Resources(KubernetesKinds.ServiceAccounts).InNamespace(MeshNamespace).CreateAsync(account, null, ct));
        for (var ns = 0; ns < Namespaces; ns++)
        {
            var metadata = new V1ObjectMeta { Name = Namespace(ns), Labels = new() { ["istio.io/dataplane-mode"] = "ambient" } };
            await CreateAsync(client.Resources(KubernetesKinds.Namespaces).CreateAsync(new V1Namespace { Metadata = metadata }, null, ct));
            await CreateAsync(Create(NetworkPolicies, Namespace(ns), """
                {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"peers"},
                 "spec":{"podSelector":{},"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"app-1"}}},{"namespaceSelector":{}}]}]}}
                """, ct));
            for (var service = 0; service < ServicesPerNamespace; service++)
            {
                await CreateAsync(Create(Services, Namespace(ns), $$$"""
                    {"apiVersion":"v1","kind":"Service","metadata":{"name":"app-{{{service}}}"},
                     "spec":{"selector":{"app":"app-{{{service}}}"},"ports":[{"name":"http","port":80,"targetPort":8080,"protocol":"TCP"}]}}
                    """, ct));
            }
        }
    }

    /// <summary>Adds nodes with their pods, until there are so many.</summary>
    public async Task GrowAsync(int nodes, CancellationToken ct)
    {
        var first = NodeCount;
        await EachAsync(first, nodes, CreateNodeAsync, ct);
        await EachAsync(first * podsPerNode, nodes * podsPerNode, CreatePodAsync, ct);
        NodeCount = nodes;
    }

    /// <summary>Changes a pod's readiness.</summary>
    /// <returns>The pod's name in the model.</returns>
    public static string Uid(int pod) => $"Kubernetes//Pod/{Namespace(pod % Namespaces)}/{PodName(pod)}";

    /// <summary>Makes a pod ready, or not.</summary>
    public Task SetReadyAsync(int pod, bool ready, CancellationToken ct) =>
        client.Resources(Pods).InNamespace(Namespace(pod % Namespaces)).PatchStatusAsync(V1Patch.Merge(Status(pod, ready)), PodName(pod), null, ct);

    /// <summary>The tokens of some nodes' proxies, by node.</summary>
    public async Task<IReadOnlyDictionary<int, string>> ProxyTokensAsync(int first, int end, CancellationToken ct)
    {
        var tokens = new ConcurrentDictionary<int, string>();
        await EachAsync(first, end, async (node, stop) => tokens[node] = await ProxyTokenAsync(node, stop), ct);
        return tokens;
    }

    /// <summary>A token as the kubelet would mount it into the node proxy of a node.</summary>
    private async Task<string> ProxyTokenAsync(int node, CancellationToken ct)
    {
        var name = $"proxy-{node.ToString(CultureInfo.InvariantCulture)}";
        var pod = await Create(Pods, MeshNamespace, $$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},
             "spec":{"nodeName":"{{{NodeName(node)}}}","serviceAccountName":"{{{Account}}}","hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}
            """, ct);
        var bound = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = name, Uid = pod.Metadata.Uid! };
        return (await client.RequestTokenAsync(MeshNamespace, Account, new V1TokenRequestSpec { Audiences = [Audience], BoundObjectRef = bound }, ct)).Token!;
    }

    private static string Namespace(int ns) => string.Create(CultureInfo.InvariantCulture, $"shop-{ns}");

    private static string PodName(int pod) => string.Create(CultureInfo.InvariantCulture, $"pod-{pod}");

    private static string Status(int pod, bool ready)
    {
        var ip = string.Create(CultureInfo.InvariantCulture, $"10.{100 + (pod / 60_000)}.{pod / 250 % 240}.{(pod % 250) + 1}");
        return $$$"""{"status":{"phase":"Running","podIP":"{{{ip}}}","podIPs":[{"ip":"{{{ip}}}"}],"conditions":[{"type":"Ready","status":"{{{(ready ? "True" : "False")}}}"}]}}""";
    }

    private static Task EachAsync(int first, int end, Func<int, CancellationToken, Task> act, CancellationToken ct) => Parallel.ForEachAsync(
        Enumerable.Range(first, end - first), new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = ct }, async (number, stop) => await act(number, stop));

    private Task CreateNodeAsync(int node, CancellationToken ct) => CreateAsync(CreateWithStatusAsync(Nodes, null, NodeName(node), $$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{NodeName(node)}}}","labels":{"topology.kubernetes.io/zone":"zone-{{{node % 3}}}"} }}
        """, $$$"""{"status":{"addresses":[{"type":"InternalIP","address":"172.20.{{{node / 250}}}.{{{(node % 250) + 1}}}"}]}}""", ct));

    private Task CreatePodAsync(int pod, CancellationToken ct) => CreateAsync(CreateWithStatusAsync(Pods, Namespace(pod % Namespaces), PodName(pod), $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{PodName(pod)}}}","labels":{"app":"app-{{{pod / Namespaces % ServicesPerNamespace}}}","version":"v1"}},
         "spec":{"nodeName":"{{{NodeName(pod / podsPerNode)}}}","containers":[{"name":"c","image":"i","ports":[{"name":"http","containerPort":8080}]}]}}
        """, Status(pod, ready: true), ct));

    private Task<KubernetesObject> Create(KubernetesKind kind, string? ns, string json, CancellationToken ct) =>
        client.Resources(kind).InNamespace(ns).CreateAsync(KubernetesObject.Parse(json), null, ct);

    private async Task<KubernetesObject> CreateWithStatusAsync(KubernetesKind kind, string? ns, string name, string json, string status, CancellationToken ct)
    {
        await Create(kind, ns, json, ct);
        return await client.Resources(kind).InNamespace(ns).PatchStatusAsync(V1Patch.Merge(status), name, null, ct);
    }

    private static async Task CreateAsync(Task creating)
    {
        try
        {
            await creating;
        }
        catch (KubernetesException e) when (e.IsAlreadyExists)
        {
            // Of an earlier run on the same cluster.
        }
    }
}
