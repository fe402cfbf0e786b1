using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Informers;

public sealed class InformerTests(ApiServer api)
{
    [Fact]
    public async Task Informer_HoldsWhatIsThereAndWhatComes()
    {
        var maps = await MapsAsync();
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await using var informer = await SyncedAsync(maps);
        Assert.Equal("1", informer.Store.Get(maps.Namespace!, "a")!.Data!["value"]);
        Assert.Null(informer.Store.Get(maps.Namespace!, "a")!.Metadata.ManagedFields);
        await maps.CreateAsync(ApiServer.ConfigMap("b"));
        await Eventually.TrueAsync(() => informer.Store.Count == 2, "the new object is held");
        await maps.DeleteAsync("a");
        await Eventually.TrueAsync(() => informer.Store.Get(maps.Namespace!, "a") is null, "the deleted object is held no longer");
    }

    [Fact]
    public async Task Index_FollowsTheObjects()
    {
        var maps = await MapsAsync();
        await maps.CreateAsync(ApiServer.ConfigMap("a", "red"));
        await maps.CreateAsync(ApiServer.ConfigMap("b", "red"));
        await using var informer = await SyncedAsync(maps, new() { Indexes = new Dictionary<string, Func<V1ConfigMap, IEnumerable<string>>> { ["colour"] = m => m.Data!.Values } });
        Assert.Equal(2, informer.Store.ByIndex("colour", "red").Count);
        await maps.PatchAsync(V1Patch.Merge("""{"data":{"value":"blue"}}"""), "b");
        await Eventually.TrueAsync(() => informer.Store.ByIndex("colour", "blue").Count == 1, "the index follows");
        Assert.Equal("a", Assert.Single(informer.Store.ByIndex("colour", "red")).Metadata.Name);
        Assert.Throws<KeyNotFoundException>(() => informer.Store.ByIndex("size", "large"));
    }

    [Fact]
    public async Task Listeners_HearEverythingInOrder_AlsoTheLate()
    {
        var maps = await MapsAsync();
        await using var informer = await SyncedAsync(maps);
        var early = new ConcurrentQueue<string>();
        await using var first = informer.Subscribe((e, _) => Note(early, e));
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await maps.PatchAsync(V1Patch.Merge("""{"data":{"value":"2"}}"""), "a");
        await Eventually.TrueAsync(() => early.Count == 2, "both events are heard");
        var late = new ConcurrentQueue<string>();
        await using var second = informer.Subscribe((e, _) => Note(late, e));
        await maps.DeleteAsync("a");
        await Eventually.TrueAsync(() => early.Count == 3 && late.Count == 2, "the deletion is heard");
        Assert.Equal(["Added a 1", "Updated a 2", "Deleted a 2"], early);
        Assert.Equal(["Added a 2", "Deleted a 2"], late);
    }

    [Fact]
    public async Task FailingListener_HearsTheNextEvent()
    {
        var maps = await MapsAsync();
        await using var informer = await SyncedAsync(maps);
        var heard = 0;
        await using var listener = informer.Subscribe((_, _) => Interlocked.Increment(ref heard) == 1 ? throw new InvalidOperationException("no") : ValueTask.CompletedTask);
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await maps.CreateAsync(ApiServer.ConfigMap("b"));
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 2, "the second event is heard");
    }

    [Fact]
    public async Task Resync_TellsEveryObjectAgain()
    {
        var clock = new ManualTimeProvider();
        var maps = await MapsAsync();
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        using var client = api.Client(new KubernetesClientOptions { Time = clock, PingDelay = Timeout.InfiniteTimeSpan });
        // The manual clock stands years from the certificates' times.
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        await using var informer = await SyncedAsync(client.Resources(KubernetesKinds.ConfigMaps).InNamespace(maps.Namespace), new() { Resync = TimeSpan.FromMinutes(1) });
        var heard = new ConcurrentQueue<string>();
        await using var listener = informer.Subscribe((e, _) => Note(heard, e));
        clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => heard.Count == 2, "the object is told again");
        Assert.Equal(["Added a 1", "Updated a 1"], heard);
    }

    [Fact]
    public async Task Transform_KeepsWhatItReturns()
    {
        var maps = await MapsAsync();
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await using var informer = await SyncedAsync(maps, new() { Transform = m => m with { Data = null } });
        Assert.Null(Assert.Single(informer.Store.List()).Data);
    }

    [Fact]
    public async Task Factory_SharesOneInformerPerSelection()
    {
        await using var factory = new SharedInformerFactory(api.Admin);
        var one = factory.Get(KubernetesKinds.ConfigMaps, "default");
        Assert.Same(one, factory.Get(KubernetesKinds.ConfigMaps, "default"));
        Assert.NotSame(one, factory.Get(KubernetesKinds.ConfigMaps, "kube-system"));
        Assert.NotSame(one, factory.Get(KubernetesKinds.ConfigMaps, "default", new() { Select = new ListOptions { LabelSelector = "a=b" } }));
        factory.Start();
        await factory.WaitForSyncAsync(Eventually.Limit);
        Assert.True(one.HasSynced);
        await factory.RemoveAsync(one);
        Assert.NotSame(one, factory.Get(KubernetesKinds.ConfigMaps, "default"));
    }

    [Fact]
    public async Task ForbiddenKind_IsToldAndWaitedFor()
    {
        using var client = new KubernetesClient(api.Cluster.Certificate("kube-proxy"));
        await using var informer = new SharedInformer<V1Secret>(client.Resources(KubernetesKinds.Secrets));
        informer.Start();
        await Eventually.TrueAsync(() => informer.LastError is KubernetesException { IsForbidden: true }, "the refusal is told");
        Assert.False(informer.HasSynced);
    }

    [Fact]
    public async Task Metrics_TellObjectsListsAndWatches()
    {
        var maps = await MapsAsync();
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        var seen = new ConcurrentDictionary<string, double>();
        using var meters = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == KubernetesClient.MeterName) { l.EnableMeasurementEvents(i); } } };
        meters.SetMeasurementEventCallback<long>((i, v, tags, _) => Sum(seen, i, v, tags));
        meters.SetMeasurementEventCallback<double>((i, v, tags, _) => Sum(seen, i, v, tags));
        meters.Start();
        using var client = api.Client();
        await using var informer = await SyncedAsync(client.Resources(KubernetesKinds.ConfigMaps).InNamespace(maps.Namespace));
        await Eventually.TrueAsync(
            () =>
            {
                seen["nodemesh.kubernetes.informer.objects configmaps"] = 0;
                seen["nodemesh.kubernetes.informer.staleness configmaps"] = 0;
                meters.RecordObservableInstruments();
                return seen["nodemesh.kubernetes.informer.staleness configmaps"] == 0 && seen["nodemesh.kubernetes.informer.objects configmaps"] == 1;
            },
            "the informer is told to hold one object, and to be watching");
        Assert.True(seen["nodemesh.kubernetes.lists configmaps"] >= 1);
        await Eventually.TrueAsync(() => seen.GetValueOrDefault("nodemesh.kubernetes.watches configmaps") >= 1, "the open watch is counted");
        Assert.True(seen["nodemesh.kubernetes.requests list"] >= 1);
    }

    private static void Sum(ConcurrentDictionary<string, double> seen, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        seen.AddOrUpdate($"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}", value, (_, before) => before + value);

    private static ValueTask Note(ConcurrentQueue<string> into, ResourceEvent<V1ConfigMap> e)
    {
        into.Enqueue($"{e.Type} {e.Object.Metadata.Name} {e.Object.Data!["value"]}");
        return ValueTask.CompletedTask;
    }

    private static async Task<SharedInformer<V1ConfigMap>> SyncedAsync(ResourceClient<V1ConfigMap> maps, InformerOptions<V1ConfigMap>? options = null)
    {
        var informer = new SharedInformer<V1ConfigMap>(maps, options);
        informer.Start();
        await informer.WaitForSyncAsync(Eventually.Limit);
        return informer;
    }

    private async Task<ResourceClient<V1ConfigMap>> MapsAsync() => api.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace(await api.NamespaceAsync());
}
