using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Model;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>A source of the cluster, read to the newest snapshot.</summary>
internal sealed class MeshFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _client;
    private readonly Task _reading;
    private volatile CompiledMesh? _mesh;
    private int _snapshots;

    public MeshFollower(TestCluster cluster)
        : this(cluster.Admin())
    {
    }

    public MeshFollower(KubernetesClientConfiguration configuration)
    {
        _client = new KubernetesClient(configuration);
        Source = new KubernetesSource(_client, new MeshSettings(), null, TimeProvider.System, NullLogger<KubernetesSource>.Instance);
        _reading = ReadAsync();
    }

    public KubernetesSource Source { get; }

    public CompiledMesh? Mesh => _mesh;

    public int Snapshots => Volatile.Read(ref _snapshots);

    public Task UntilAsync(Func<CompiledMesh, bool> condition, string what) => Eventually.TrueAsync(() => _mesh is { } mesh && condition(mesh), what);

    public Workload? Pod(string ns, string name) => _mesh?.Workloads.GetValueOrDefault($"Kubernetes//Pod/{ns}/{name}");

    public Service? Service(string ns, string name) => _mesh?.Services.Values.SingleOrDefault(s => s.Namespace == ns && s.Name == name);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.False(_reading.IsFaulted, _reading.Exception?.ToString());
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var mesh in Source.WatchAsync(_stop.Token))
        {
            _mesh = mesh;
            Interlocked.Increment(ref _snapshots);
        }
    }
}
