using System.Globalization;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Agent.Tests.Fixtures;

/// <summary>etcd and a real API server; what a kubelet or scheduler would do, a test does.</summary>
public sealed class AgentCluster : IAsyncLifetime
{
    private static int _last;
    private TestCluster? _cluster;
    private KubernetesClient? _client;

    public TestCluster Cluster => _cluster!;

    public KubernetesClient Admin => _client!;

    public static string Unique(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _last)}");

    public async ValueTask InitializeAsync()
    {
        // Pods need no token of their account here.
        Environment.SetEnvironmentVariable("KM_APISERVER_EXTRA", "--disable-admission-plugins=ServiceAccount");
        _cluster = await TestCluster.StartAsync("agent", "--api");
        _client = new KubernetesClient(_cluster.Admin());
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>The way to the API server, as a file.</summary>
    public string WriteKubeconfig(string path)
    {
        File.WriteAllText(path, $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"x","contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],
             "clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:{{{Cluster.Relay.Port}}}","certificate-authority":"{{{Cluster.Pki}}}/ca.crt"}}],
             "users":[{"name":"u","user":{"client-certificate":"{{{Cluster.Pki}}}/admin.crt","client-key":"{{{Cluster.Pki}}}/admin.key"}}]}
            """);
        return path;
    }

    public async Task<string> NamespaceAsync(bool meshed)
    {
        var name = Unique("shop");
        await Admin.Resources(KubernetesKinds.Namespaces).CreateAsync(new V1Namespace
        {
            Metadata = new V1ObjectMeta { Name = name, Labels = meshed ? new() { ["istio.io/dataplane-mode"] = "ambient" } : [] },
        });
        return name;
    }

    public Task LabelAsync(string ns, string? mode) =>
        Admin.Resources(KubernetesKinds.Namespaces).PatchAsync(
            V1Patch.Merge("{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":" + (mode is null ? "null" : $"\"{mode}\"") + "}}}"), ns);

    /// <summary>A pod that is bound to a node.</summary>
    public Task<V1Pod> PodAsync(string ns, string name, string node, string? annotations = null, bool hostNetwork = false) =>
        Admin.Resources(KubernetesKinds.Pods).InNamespace(ns).CreateAsync(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, Annotations = annotations is null ? null : new() { ["nodemesh.io/excludeOutboundPorts"] = annotations } },
            Spec = new V1PodSpec { NodeName = node, HostNetwork = hostNetwork ? true : null, ServiceAccountName = "buyer", Containers = [new V1Container { Name = "c", Image = "x" }] },
        });

    /// <summary>What a kubelet tells of a pod that runs.</summary>
    public Task RunningAsync(string ns, string name, string address, string phase = "Running") =>
        Admin.Resources(KubernetesKinds.Pods).InNamespace(ns).PatchStatusAsync(
            V1Patch.Merge($$$"""{"status":{"phase":"{{{phase}}}","podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}"""), name);

    public Task DeleteAsync(string ns, string name) =>
        Admin.Resources(KubernetesKinds.Pods).InNamespace(ns).DeleteAsync(name, new V1DeleteOptions { GracePeriodSeconds = 0 });

    /// <summary>The events of a pod, as "reason: message".</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string ns, string name) =>
        [.. (await Admin.Resources(new KubernetesKind("", "v1", "Event", "events", true)).InNamespace(ns).ListAllAsync()).Items
            .Where(e => e["involvedObject"]?.GetProperty("name").GetString() == name)
            .Select(e => $"{e["reason"]?.GetString()}: {e["message"]?.GetString()}")];
}
