using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes.Tests;

public sealed class WatchTests(ApiServer api)
{
    [Fact]
    public async Task Watch_TellsWhatHappensAfterTheList()
    {
        var secrets = api.Admin.Resources(KubernetesKinds.Secrets).InNamespace(await api.NamespaceAsync());
        await secrets.CreateAsync(Secret("before"));
        var list = await secrets.ListAsync();
        await secrets.CreateAsync(Secret("a"));
        await secrets.PatchAsync(V1Patch.Merge("""{"metadata":{"labels":{"x":"y"}}}"""), "a");
        await secrets.DeleteAsync("a");
        var limit = Eventually.Limit;
        var events = await secrets.WatchAsync(list.Metadata.ResourceVersion, null, limit).Where(e => e.Type != WatchEventType.Bookmark).Take(3).ToListAsync(limit);
        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted], events.Select(e => e.Type));
        Assert.All(events, e => Assert.Equal("a", e.Object!.Metadata.Name));
    }

    [Fact]
    public async Task Watch_EndsInTimeWithABookmark()
    {
        using var client = api.Client(new KubernetesClientOptions { WatchTimeout = TimeSpan.FromSeconds(4) });
        var secrets = client.Resources(KubernetesKinds.Secrets).InNamespace(await api.NamespaceAsync());
        var list = await secrets.ListAsync();
        var watching = secrets.WatchAsync(list.Metadata.ResourceVersion, null, Eventually.Limit).ToListAsync().AsTask();
        // Much happens to the kind, though not here: the bookmark, sent two seconds before the end, lets a watch go on from after it.
        var elsewhere = api.Admin.Resources(KubernetesKinds.Secrets).InNamespace(await api.NamespaceAsync());
        for (var i = 0; !watching.IsCompleted; i++)
        {
            await elsewhere.CreateAsync(Secret($"s{i}"));
            await Task.WhenAny(watching, Task.Delay(200));
        }

        var events = await watching;
        Assert.NotEmpty(events);
        Assert.All(events, e => Assert.Equal(WatchEventType.Bookmark, e.Type));
        Assert.DoesNotContain(list.Metadata.ResourceVersion, events.Select(e => e.ResourceVersion));
    }

    [Fact]
    public async Task WatchFromAForgottenVersion_IsExpired()
    {
        var maps = api.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace(await api.NamespaceAsync());
        var list = await maps.ListAsync();
        // Twice: etcd still has the very version that it was compacted at.
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await maps.CreateAsync(ApiServer.ConfigMap("b"));
        await api.CompactAsync();
        var error = await Assert.ThrowsAsync<KubernetesException>(async () => await maps.WatchAsync(list.Metadata.ResourceVersion, null, Eventually.Limit).ToListAsync());
        Assert.True(error.IsExpired);
    }

    [Fact]
    public async Task CutWatch_IsAConnectionError()
    {
        await using var relay = api.Cluster.AnotherRelay();
        using var client = api.Client(null, relay);
        var secrets = client.Resources(KubernetesKinds.Secrets).InNamespace(await api.NamespaceAsync());
        var list = await secrets.ListAsync();
        await secrets.CreateAsync(Secret("a"));
        await Assert.ThrowsAsync<KubernetesConnectionException>(async () =>
        {
            await foreach (var _ in secrets.WatchAsync(list.Metadata.ResourceVersion, null, Eventually.Limit))
            {
                relay.Cut();
            }
        });
    }

    private static V1Secret Secret(string name) => new() { Metadata = new V1ObjectMeta { Name = name } };
}
