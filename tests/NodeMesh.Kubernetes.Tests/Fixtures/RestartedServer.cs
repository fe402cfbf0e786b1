namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>etcd and an API server that tests may stop and start.</summary>
public sealed class RestartedServer : IAsyncLifetime
{
    private TestCluster? _cluster;
    private KubernetesClient? _client;

    public TestCluster Cluster => _cluster!;

    public KubernetesClient Admin => _client!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync("restart", "--api");
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
}
