using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Informers;

/// <summary>The connection goes, comes; the server forgets, falls silent; the informer is right again afterwards.</summary>
public sealed class InformerRecoveryTests(ApiServer api) : IAsyncDisposable
{
    private readonly Relay _relay = api.Cluster.AnotherRelay();
    private readonly List<KubernetesClient> _clients = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _relay.DisposeAsync();
    }

    [Fact]
    public async Task WatchCutEverySecond_MissesNothingAndListsOnce()
    {
        using var lists = new ListCounter("secrets");
        var secrets = api.Admin.Resources(KubernetesKinds.Secrets).InNamespace(await api.NamespaceAsync());
        await using var informer = await StartAsync(Client().Resources(KubernetesKinds.Secrets).InNamespace(secrets.Namespace));
        var told = new ConcurrentDictionary<string, string>();
        await using var listener = informer.Subscribe((e, _) =>
        {
            if (e.Type == ResourceEventType.Deleted)
            {
                told.TryRemove(e.Object.Metadata.Name!, out var _);
            }
            else
            {
                told[e.Object.Metadata.Name!] = e.Object.Metadata.ResourceVersion!;
            }

            return ValueTask.CompletedTask;
        });
        using var enough = new CancellationTokenSource();
        var cutting = _relay.CutEveryAsync(TimeSpan.FromSeconds(1), enough.Token);
        // Fewer events than the server's memory of them (100), so that however late the informer comes back it need not list again.
        for (var i = 0; i < 30; i++)
        {
            await Task.Delay(150);
            await secrets.CreateAsync(Secret($"s{i}"));
            await secrets.PatchAsync(V1Patch.Merge("""{"metadata":{"labels":{"x":"y"}}}"""), $"s{i}");
            if (i % 3 == 0)
            {
                await secrets.DeleteAsync($"s{i}");
            }
        }

        await Eventually.TrueAsync(() => _relay.Accepted >= 5, "the watch was cut several times");
        await enough.CancelAsync();
        await cutting;
        var truth = (await secrets.ListAllAsync()).Items.ToDictionary(s => s.Metadata.Name!, s => s.Metadata.ResourceVersion!);
        await Eventually.TrueAsync(() => Same(informer.Store.List().ToDictionary(s => s.Metadata.Name!, s => s.Metadata.ResourceVersion!), truth), "the store equals the server's list");
        await Eventually.TrueAsync(() => Same(told, truth), "what was told equals the server's list");
        Assert.Equal(1, lists.Count);
    }

    [Fact]
    public async Task ServerAway_ObjectsStayAndStalenessGrows_AndWhatWasMissedIsTold()
    {
        var maps = api.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("stays"));
        await maps.CreateAsync(ApiServer.ConfigMap("goes"));
        await using var informer = await StartAsync(Client().Resources(KubernetesKinds.ConfigMaps).InNamespace(maps.Namespace));
        await Eventually.TrueAsync(() => informer.Staleness == TimeSpan.Zero, "the watch is open");
        var deleted = new ConcurrentQueue<string>();
        await using var listener = informer.Subscribe((e, _) =>
        {
            if (e.Type == ResourceEventType.Deleted)
            {
                deleted.Enqueue(e.Object.Metadata.Name!);
            }

            return ValueTask.CompletedTask;
        });
        _relay.Refuse = true;
        _relay.Cut();
        await Eventually.TrueAsync(() => informer.Staleness > TimeSpan.FromMilliseconds(300) && informer.LastError is KubernetesConnectionException, "the staleness grows");
        await maps.DeleteAsync("goes");
        Assert.Equal(2, informer.Store.Count);
        _relay.Refuse = false;
        await Eventually.TrueAsync(() => informer.Staleness == TimeSpan.Zero && informer.LastError is null, "the watch is open again");
        await Eventually.TrueAsync(() => deleted.SequenceEqual(["goes"]), "the deletion is told");
        Assert.Equal("stays", Assert.Single(informer.Store.List()).Metadata.Name);
    }

    [Fact]
    public async Task ForgottenVersion_ListsAgainAndTellsTheDifference()
    {
        using var lists = new ListCounter("configmaps");
        var maps = api.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace(await api.NamespaceAsync());
        await maps.CreateAsync(ApiServer.ConfigMap("changes"));
        await maps.CreateAsync(ApiServer.ConfigMap("goes"));
        await maps.CreateAsync(ApiServer.ConfigMap("comes-back"));
        await using var informer = await StartAsync(Client().Resources(KubernetesKinds.ConfigMaps).InNamespace(maps.Namespace));
        await Eventually.TrueAsync(() => informer.Staleness == TimeSpan.Zero, "the watch is open");
        var told = new ConcurrentQueue<string>();
        await using var listener = informer.Subscribe((e, _) =>
        {
            told.Enqueue($"{e.Type} {e.Object.Metadata.Name}");
            return ValueTask.CompletedTask;
        });
        await Eventually.TrueAsync(() => told.Count == 3, "the listener knows what is there");
        _relay.Refuse = true;
        _relay.Cut();
        await maps.PatchAsync(V1Patch.Merge("""{"data":{"value":"2"}}"""), "changes");
        await maps.DeleteAsync("goes");
        await maps.DeleteAsync("comes-back");
        await maps.CreateAsync(ApiServer.ConfigMap("comes-back"));
        await maps.CreateAsync(ApiServer.ConfigMap("new"));
        await api.CompactAsync();
        _relay.Refuse = false;
        await Eventually.TrueAsync(() => told.Count >= 8, "the differences are told");
        Assert.Equal(
            ["Added comes-back", "Added new", "Deleted comes-back", "Deleted goes", "Updated changes"],
            told.Skip(3).Order(StringComparer.Ordinal));
        Assert.Equal(2, lists.Count);
    }

    [Fact]
    public async Task SilentConnection_IsNoticedByPingsAndReplaced()
    {
        var maps = api.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace(await api.NamespaceAsync());
        var client = Client(new KubernetesClientOptions { PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) });
        await using var informer = await StartAsync(client.Resources(KubernetesKinds.ConfigMaps).InNamespace(maps.Namespace));
        await Eventually.TrueAsync(() => informer.Staleness == TimeSpan.Zero, "the watch is open");
        _relay.SilenceOpenConnections();
        await maps.CreateAsync(ApiServer.ConfigMap("a"));
        await Eventually.TrueAsync(() => informer.Store.Count == 1, "a new connection brought the object");
    }

    private static V1Secret Secret(string name) => new() { Metadata = new V1ObjectMeta { Name = name } };

    private static bool Same(IReadOnlyDictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(l => right.TryGetValue(l.Key, out var value) && value == l.Value);

    private static async Task<SharedInformer<T>> StartAsync<T>(ResourceClient<T> client)
        where T : class, IKubernetesObject
    {
        var informer = new SharedInformer<T>(client);
        informer.Start();
        await informer.WaitForSyncAsync(Eventually.Limit);
        return informer;
    }

    private KubernetesClient Client(KubernetesClientOptions? options = null)
    {
        var client = api.Client(options, _relay);
        _clients.Add(client);
        return client;
    }

    /// <summary>Counts complete lists of a resource by informers.</summary>
    private sealed class ListCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public ListCounter(string resource)
        {
            _listener.InstrumentPublished = (i, l) =>
            {
                if (i.Name == "nodemesh.kubernetes.lists")
                {
                    l.EnableMeasurementEvents(i);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                if ((string?)tags[0].Value == resource)
                {
                    Interlocked.Add(ref _count, value);
                }
            });
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
