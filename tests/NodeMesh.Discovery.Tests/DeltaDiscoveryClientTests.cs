using Google.Protobuf;
using NodeMesh.Model;

namespace NodeMesh.Discovery.Tests;

public sealed class DeltaDiscoveryClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly DiscoveryResource Web1 = DiscoveryResource.Of(Samples.Workload("web-1"));
    private static readonly DiscoveryResource Web2 = DiscoveryResource.Of(Samples.Workload("web-2", "10.244.2.5"));

    private static DiscoverySnapshotChange Change(IEnumerable<DiscoveryResource> upserts, params string[] removals) =>
        new([new DiscoveryTypeChange(TypeUrls.Address, [.. upserts], [.. removals])]);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    [Fact]
    public async Task Run_ChangesArrive_AsModelObjects()
    {
        using var end = new CancellationTokenSource();
        await using var host = await DiscoveryHost.StartAsync();
        host.Server.Update(Change([Web1]));
        var handler = new RecordingHandler();
        var client = DiscoveryHost.CreateClient(host.Port, handler);
        var running = client.RunAsync(end.Token);

        var first = await handler.NextAsync();
        await client.WaitForSyncAsync(end.Token).WaitAsync(Patience);
        host.Server.Update(Change([Web2], Web1.Name));
        var second = await handler.NextAsync();

        Assert.True(first.IsFirst);
        Assert.True(first.IsLast);
        Assert.Equal("web-1", Assert.IsType<Workload>(first.Added.Single().Model).Name);
        Assert.False(second.IsFirst);
        Assert.Equal([Web1.Name], second.Removed);
        Assert.Equal([Web2.Name], second.Added.Select(a => a.Name));
        await EventuallyAsync(() => host.Server.Proxies is [{ Types: [{ Synced: true }] }]);
        Assert.True(client.Status.Connected);
        Assert.Equal(TimeSpan.Zero, client.Status.StateAge(DateTimeOffset.UtcNow));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Run_ServerRestarts_OnlyTheDifferenceComesAgain()
    {
        using var end = new CancellationTokenSource();
        var handler = new RecordingHandler();
        int port;
        DeltaDiscoveryClient client;
        Task running;
        await using (var host = await DiscoveryHost.StartAsync())
        {
            port = host.Port;
            host.Server.Update(Change([Web1, Web2]));
            client = DiscoveryHost.CreateClient(port, handler);
            running = client.RunAsync(end.Token);
            Assert.Equal(2, (await handler.NextAsync()).Added.Length);
        }

        await EventuallyAsync(() => !client.Status.Connected && client.Status.FailedAttempts > 0);
        Assert.NotNull(client.Status.DisconnectedSince);
        Assert.True(client.Status.Synced);
        await using var next = await DiscoveryHost.StartAsync(port);
        var changed = DiscoveryResource.Of(Samples.Workload("web-3", "10.244.1.33"));
        next.Server.Update(Change([Web1, changed]));

        var update = await handler.NextAsync();

        Assert.Equal([changed.Name], update.Added.Select(a => a.Name));
        Assert.Equal([Web2.Name], update.Removed);
        Assert.False(update.IsFirst);
        await EventuallyAsync(() => client.Status.Connected);
        Assert.Null(client.Status.DisconnectedSince);
        Assert.Null(handler.Connections.First());
        Assert.NotNull(handler.Connections.ElementAt(1));
        Assert.Null(handler.Connections.Last());
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Run_OneBadResource_IsRefusedAndTheOthersStay()
    {
        using var end = new CancellationTokenSource();
        await using var host = await DiscoveryHost.StartAsync();
        var wire = ModelCodec.ToProto(Samples.Workload("broken"));
        wire.Workload.TunnelProtocol = Protos.Workloads.TunnelProtocol.LegacyIstioMtls;
        var bad = Web2 with { Name = wire.Workload.Uid, Body = new Google.Protobuf.WellKnownTypes.Any { TypeUrl = TypeUrls.Address, Value = wire.ToByteString() } };
        host.Server.Update(Change([Web1, bad]));
        var handler = new RecordingHandler();
        var client = DiscoveryHost.CreateClient(host.Port, handler);
        var running = client.RunAsync(end.Token);

        var update = await handler.NextAsync();
        await EventuallyAsync(() => host.Server.Proxies is [{ Types: [{ Rejections: 1 }] }]);

        Assert.Equal([Web1.Name], update.Added.Select(a => a.Name));
        var rejection = host.Server.Proxies[0].Types[0].Rejection;
        Assert.Contains("broken: tunnel_protocol", rejection, StringComparison.Ordinal);
        Assert.Equal(rejection, client.Status.Types[0].LastRejection);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Run_HandlerRefusesOne_NackNamesItAndReconnectBringsItAgain()
    {
        using var end = new CancellationTokenSource();
        var handler = new RecordingHandler();
        handler.Refusals[Web2.Name] = "the test says so";
        int port;
        Task running;
        await using (var host = await DiscoveryHost.StartAsync())
        {
            port = host.Port;
            host.Server.Update(Change([Web1, Web2]));
            running = DiscoveryHost.CreateClient(port, handler).RunAsync(end.Token);
            await handler.NextAsync();
            await EventuallyAsync(() => host.Server.Proxies is [{ Types: [{ Rejection: { } r }] }] && r.Contains("the test says so", StringComparison.Ordinal));
        }

        await using var next = await DiscoveryHost.StartAsync(port);
        next.Server.Update(Change([Web1, Web2]));

        Assert.Equal([Web2.Name], (await handler.NextAsync()).Added.Select(a => a.Name));
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Run_TokenFileChanges_NextStreamCarriesTheNewToken()
    {
        using var end = new CancellationTokenSource();
        var token = Path.GetTempFileName();
        await File.WriteAllTextAsync(token, "first\n");
        var handler = new RecordingHandler();
        int port;
        Task running;
        await using (var host = await DiscoveryHost.StartAsync())
        {
            port = host.Port;
            host.Server.Update(Change([Web1]));
            running = DiscoveryHost.CreateClient(port, handler, token).RunAsync(end.Token);
            await handler.NextAsync();
            Assert.Equal("Bearer first", host.Authorizations[0]);
            await File.WriteAllTextAsync(token, "second\n");
        }

        await using var next = await DiscoveryHost.StartAsync(port);
        next.Server.Update(Change([Web1]));
        await EventuallyAsync(() => next.Authorizations.Count > 0);

        Assert.Equal("Bearer second", next.Authorizations[0]);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        File.Delete(token);
    }

    [Fact]
    public void Backoff_ManyFailures_DoublesWithinItsBounds()
    {
        var backoff = new Consuming.Backoff(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(15));

        var waits = Enumerable.Range(0, 20).Select(_ => backoff.Next().TotalMilliseconds).ToArray();

        Assert.InRange(waits[0], 5, 10);
        Assert.InRange(waits[1], 10, 20);
        Assert.InRange(waits[4], 80, 160);
        Assert.All(waits[15..], w => Assert.InRange(w, 7_500, 15_000));
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalMilliseconds, 5, 10);
    }
}
