using System.Net;
using NodeMesh.Discovery;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.State;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.State;

public sealed class MeshStateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly MeshState _state;

    public MeshStateTests() => _state = new MeshState(_time);

    [Fact]
    public async Task WaitAsync_UntilTheConditionHolds_ReturnsWithTheChangeThatMakesItHold()
    {
        var waiting = _state.WaitAsync(m => m.WorkloadCount == 2, TimeSpan.FromSeconds(5), CancellationToken.None).AsTask();
        _state.Apply(new ModelChange { Workloads = [Pod("a")] });
        Assert.False(waiting.IsCompleted);
        _state.Apply(new ModelChange { Workloads = [Pod("b")] });
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task WaitAsync_PastItsLimit_ReturnsFalse()
    {
        var waiting = _state.WaitAsync(m => m.WorkloadCount == 1, TimeSpan.FromSeconds(5), CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task WaitAsync_WhenCancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        var waiting = _state.WaitAsync(_ => false, TimeSpan.FromSeconds(5), cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Age_AfterTheControlPlaneFellSilent_GrowsAndTheStateStays()
    {
        Assert.Null(_state.Age);
        _state.Apply(new ModelChange { Workloads = [Pod("a")] });
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(3), _state.Age);
        Assert.Equal(1, _state.Current.WorkloadCount);
    }

    [Fact]
    public async Task Discovery_IsSyncedOnlyAfterTheLastPartOfEveryType()
    {
        var handler = new MeshDiscovery(_state);
        await ApplyAsync(handler, TypeUrls.Authorization, last: true);
        await ApplyAsync(handler, TypeUrls.Address, last: false, added: Pod("a"));
        await ApplyAsync(handler, TypeUrls.Node, last: true);
        await ApplyAsync(handler, TypeUrls.Routes, last: true);
        await ApplyAsync(handler, TypeUrls.NetworkPolicy, last: true);
        Assert.False(_state.IsSynced);
        await ApplyAsync(handler, TypeUrls.Address, last: true);
        Assert.True(_state.IsSynced);
    }

    [Fact]
    public async Task Discovery_OfRemovals_TellsWorkloadsFromServices()
    {
        var handler = new MeshDiscovery(_state);
        var service = new Service { Name = "web", Namespace = "shop", Hostname = "web.shop.svc.cluster.local" };
        await ApplyAsync(handler, TypeUrls.Address, true, [Pod("a"), Pod("b"), service]);
        await ApplyAsync(handler, TypeUrls.Address, true, [], removed: [Pod("a").Uid, "shop/web.shop.svc.cluster.local", "unknown"]);
        Assert.Equal(["b"], _state.Current.Workloads.Select(w => w.Name));
        Assert.Equal(0, _state.Current.ServiceCount);
    }

    [Fact]
    public async Task Discovery_OfRoutes_AddsAndRemovesThem()
    {
        var handler = new MeshDiscovery(_state);
        var key = new NamespacedName("shop", "web.shop.svc.cluster.local");
        await ApplyAsync(handler, TypeUrls.Routes, true, [new ServiceRoutes { Key = key }]);
        Assert.NotNull(_state.Current.FindRoutes(key));
        await ApplyAsync(handler, TypeUrls.Routes, true, [], removed: ["shop/web.shop.svc.cluster.local"]);
        Assert.Null(_state.Current.FindRoutes(key));
    }

    [Fact]
    public void OpenConnections_CountUntilTheLeaseIsReleasedOnce()
    {
        var open = new OpenConnections();
        var (first, second) = (open.Enter(Pod("a")), open.Enter(Pod("a")));
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, open.Of(Pod("a")));
        second.Dispose();
        Assert.Equal(0, open.Of(Pod("a")));
    }

    [Fact]
    public void Registry_TellsOpenedAndClosedOnceEach()
    {
        var observer = new Counting();
        var registry = new ConnectionRegistry(_time, [observer]);
        var record = new ConnectionRecord { Id = registry.NextId(), Direction = ConnectionDirection.Inbound, Source = new IPEndPoint(0, 1), Destination = new IPEndPoint(0, 2), Started = _time.GetUtcNow() };
        registry.Register(record);
        Assert.Equal(1, registry.Count);
        record.RequestClose(ConnectionEndReason.PodRemoved);
        registry.Closed(record, ConnectionEndReason.ClientReset);
        registry.Closed(record, ConnectionEndReason.Completed);
        registry.Opened(record);
        Assert.Equal(["opened", "closed PodRemoved"], observer.Calls);
        Assert.Equal(0, registry.Count);
    }

    private static Workload Pod(string name) => new() { Uid = $"Kubernetes//Pod/shop/{name}", Name = name, Namespace = "shop" };

    private static async Task ApplyAsync(MeshDiscovery handler, string type, bool last, params object[] added) => await ApplyAsync(handler, type, last, added, []);

    private static async Task ApplyAsync(MeshDiscovery handler, string type, bool last, object[] added, string[] removed) =>
        Assert.Empty(await handler.ApplyAsync(new DiscoveryUpdate(type, [.. added.Select(a => new DiscoveredResource("", "", a))], [.. removed], true, last), CancellationToken.None));

    private sealed class Counting : IConnectionObserver
    {
        public List<string> Calls { get; } = [];

        public void Opened(ConnectionRecord connection) => Calls.Add("opened");

        public void Closed(ConnectionRecord connection) => Calls.Add($"closed {connection.EndReason}");
    }
}
