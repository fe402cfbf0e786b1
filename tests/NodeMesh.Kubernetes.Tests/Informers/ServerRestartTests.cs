using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Informers;

/// <summary>Processes of the control plane end and come back, in a cluster of these tests' own: for a while afterwards a server's caches are behind.</summary>
public sealed class ServerRestartTests(RestartedServer server) : IClassFixture<RestartedServer>
{
    private readonly ResourceClient<V1ConfigMap> _maps = server.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace("default");

    [Fact]
    public async Task ServerRestarted_InformerGoesOn()
    {
        await using var informer = await StartAsync("server");
        await server.Cluster.StopProcessAsync("kube-apiserver");
        await Eventually.TrueAsync(() => informer.Staleness > TimeSpan.Zero && informer.LastError is not null, "the server is missed");
        Assert.Equal(1, informer.Store.Count);
        await server.Cluster.StartProcessAsync("kube-apiserver");
        await CreateAsync("server", "b");
        await Eventually.TrueAsync(() => informer.Store.Count == 2 && informer.Staleness == TimeSpan.Zero, "the informer goes on");
    }

    [Fact]
    public async Task EtcdRestarted_InformerGoesOn()
    {
        await using var informer = await StartAsync("etcd");
        await server.Cluster.StopProcessAsync("etcd");
        await server.Cluster.StartProcessAsync("etcd");
        await CreateAsync("etcd", "b");
        await Eventually.TrueAsync(() => informer.Store.Count == 2, "the informer goes on");
    }

    /// <summary>An informer of a test's own objects, one of which is there.</summary>
    private async Task<SharedInformer<V1ConfigMap>> StartAsync(string test)
    {
        await CreateAsync(test, "a");
        var informer = new SharedInformer<V1ConfigMap>(_maps, new InformerOptions<V1ConfigMap> { Select = new ListOptions { LabelSelector = $"test={test}" } });
        informer.Start();
        await Eventually.TrueAsync(() => informer.Store.Count == 1 && informer.Staleness == TimeSpan.Zero, "the watch is open");
        return informer;
    }

    private async Task CreateAsync(string test, string name)
    {
        var map = ApiServer.ConfigMap($"{test}-{name}");
        map.Metadata.Labels = new() { ["test"] = test };
        await Eventually.TrueAsync(() => CreatedAsync(map), "the server writes");
    }

    private async Task<bool> CreatedAsync(V1ConfigMap map)
    {
        try
        {
            await _maps.CreateAsync(map);
            return true;
        }
        catch (KubernetesException e)
        {
            // What was answered with an error may have been written all the same.
            return e.IsAlreadyExists;
        }
        catch (KubernetesConnectionException)
        {
            return false;
        }
    }
}
