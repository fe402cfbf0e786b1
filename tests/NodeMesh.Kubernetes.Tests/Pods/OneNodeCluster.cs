using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Pods;

/// <summary>A cluster with one real node and three pods: <c>echo</c> (HTTP on 8080), <c>cat</c> (echoes bytes on 7), <c>ticker</c> (counts in its log).</summary>
public sealed class OneNodeCluster : IAsyncLifetime
{
    private TestCluster? _cluster;
    private KubernetesClient? _client;

    public TestCluster Cluster => _cluster!;

    public KubernetesClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync("node", "--nodes", "1");
        _client = new KubernetesClient(_cluster.Admin());
        var pods = _client.Resources(KubernetesKinds.Pods).InNamespace("default");
        await pods.CreateAsync(Pod("echo", "nodemesh.local/echo:1", null));
        await pods.CreateAsync(Pod("cat", "nodemesh.local/busybox:1", "nc -ll -p 7 -e cat"));
        await pods.CreateAsync(Pod("ticker", "nodemesh.local/busybox:1", "i=0; while true; do i=$((i+1)); echo $i; sleep 0.2; done"));
        foreach (var name in new[] { "echo", "cat", "ticker" })
        {
            await Eventually.TrueAsync(async () => (await pods.ReadAsync(name)).Status?.Conditions?.Exists(c => c is { Type: "Ready", Status: "True" }) == true, $"the pod {name} is ready");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private static V1Pod Pod(string name, string image, string? script) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PodSpec
        {
            TerminationGracePeriodSeconds = 1,
            Containers = [new V1Container { Name = "c", Image = image, ImagePullPolicy = "Never", Command = script is null ? null : ["sh", "-c", script] }],
        },
    };
}
