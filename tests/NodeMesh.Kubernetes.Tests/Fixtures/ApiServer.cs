using System.Globalization;
using System.Text.Json;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>etcd and the API server, once for all tests. ConfigMaps are watched without the server's cache, so that a compaction reaches them.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    private static int _lastName;
    private TestCluster? _cluster;
    private KubernetesClient? _client;

    public TestCluster Cluster => _cluster!;

    /// <summary>An administrator, for what is beside the point of a test.</summary>
    public KubernetesClient Admin => _client!;

    public static string Unique(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _lastName)}");

    public static V1ConfigMap ConfigMap(string name, string value = "1") => new() { Metadata = new V1ObjectMeta { Name = name }, Data = new() { ["value"] = value } };

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("KM_APISERVER_EXTRA", "--watch-cache-sizes=configmaps#0");
        _cluster = await TestCluster.StartAsync("api", "--api");
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

    public KubernetesClient Client(KubernetesClientOptions? options = null, Relay? relay = null) => new(Cluster.Admin(relay), options);

    /// <summary>A namespace of its own for a test.</summary>
    public async Task<string> NamespaceAsync()
    {
        var name = Unique("t");
        await Admin.Resources(KubernetesKinds.Namespaces).CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } });
        return name;
    }

    /// <summary>Makes etcd forget everything before now.</summary>
    public async Task CompactAsync()
    {
        var maps = await Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace("default").ListAsync();
        var body = $$"""{"revision":"{{maps.Metadata.ResourceVersion}}"}""";
        // etcd refuses now and then when it is short of time; and an answer that was lost may have been a yes.
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await TestCommand.RunAsync("nsenter", [$"--net={Cluster.NetworkNamespace}", "--", "curl", "-s", "--max-time", "30", "-d", body, "http://127.0.0.1:2379/v3/kv/compaction"]);
                return answer.Output.Contains("\"header\"", StringComparison.Ordinal) || answer.Output.Contains("has been compacted", StringComparison.Ordinal);
            },
            "etcd forgets");
    }

    /// <summary>A namespaced custom kind with a status subresource.</summary>
    public async Task<KubernetesKind> CustomKindAsync(string plural, string kind)
    {
        await Admin.Resources((KubernetesKind)KubernetesKinds.CustomResourceDefinitions).CreateAsync(Definition(plural, kind));
        var made = new KubernetesKind("nodemesh.test", "v1", kind, plural, true);
        await Eventually.TrueAsync(async () => (await Admin.Discovery.GetServedAsync()).Find("nodemesh.test", kind) is not null, $"{plural} are served");
        // The server lists a kind a moment before it routes to it.
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await Admin.Resources(made).ListAsync();
                    return true;
                }
                catch (KubernetesException)
                {
                    return false;
                }
            },
            $"{plural} can be listed");
        return made;
    }

    public static KubernetesObject Definition(string plural, string kind) => KubernetesObject.Parse("""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"PLURAL.nodemesh.test"},
         "spec":{"group":"nodemesh.test","scope":"Namespaced","names":{"plural":"PLURAL","kind":"KIND","shortNames":["SHORT"]},
          "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
           "schema":{"openAPIV3Schema":{"type":"object","properties":{
            "spec":{"type":"object","properties":{"port":{"type":"integer","minimum":1,"maximum":65535},"mode":{"type":"string","enum":["A","B"]}}},
            "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}}
        """.Replace("PLURAL", plural, StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal).Replace("SHORT", plural[..3], StringComparison.Ordinal));

    public static KubernetesObject Custom(KubernetesKind kind, string name, string spec) =>
        KubernetesObject.Parse($$"""{"apiVersion":"{{kind.ApiVersion}}","kind":"{{kind.Kind}}","metadata":{"name":"{{name}}"},"spec":{{spec}}}""");

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();
}
