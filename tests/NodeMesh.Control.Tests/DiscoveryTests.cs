using System.Net;
using System.Text.Json;
using NodeMesh.Discovery;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests;

public sealed class DiscoveryTests
{
    private static readonly Workload Web1 = Meshes.Pod("web-1", "node-1", "web", "10.244.1.5");
    private static readonly Workload Web2 = Meshes.Pod("web-2", "node-2", "web", "10.244.2.5");

    [Fact]
    public async Task Change_OfOnePod_ReachesTheProxyAndNothingElseDoes()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        var recorder = new MeshRecorder();
        var client = control.Client(recorder, "secret-1");
        var running = client.RunAsync(end.Token);
        var mesh = Meshes.Of(Web1, Web2);
        control.Source.Publish(mesh);
        await client.WaitForSyncAsync(end.Token);
        var before = recorder.Received;

        control.Source.Publish(Meshes.With(mesh, Web1 with { Health = WorkloadHealth.Unhealthy }));
        await ControlFixture.EventuallyAsync(() => recorder.Workload(Web1.Uid) is { Health: WorkloadHealth.Unhealthy });

        Assert.Equal(3, before);
        Assert.Equal(before + 1, recorder.Received);
        Assert.Equal("172.18.1.1", Assert.IsType<MeshNode>(recorder.State["node-1"]).Addresses[0].ToString());
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Snapshot_RebuiltWithEqualContent_SendsNothing()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        var recorder = new MeshRecorder();
        var client = control.Client(recorder, "secret-1");
        var running = client.RunAsync(end.Token);
        control.Source.Publish(Meshes.Of(Web1));
        await client.WaitForSyncAsync(end.Token);
        var before = recorder.Received;

        // A copy of everything, and one real change after it, whose arrival shows that the copy has been dealt with.
        control.Source.Publish(Meshes.Of(Meshes.Pod("web-1", "node-1", "web", "10.244.1.5")));
        control.Source.Publish(Meshes.Of(Meshes.Pod("web-1", "node-1", "web", "10.244.1.5"), Web2));
        await ControlFixture.EventuallyAsync(() => recorder.Workload(Web2.Uid) is not null);

        Assert.Equal(before + 1, recorder.Received);
        Assert.Equal(0, recorder.Removed);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Restart_WithOneChangeAndOneDeletion_SendsOnlyThose()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        var recorder = new MeshRecorder();
        var client = control.Client(recorder, "secret-1");
        var running = client.RunAsync(end.Token);
        var pods = Enumerable.Range(0, 100).Select(i => Meshes.Pod($"p{i}", "node-1", "web", $"10.244.1.{i}")).ToArray();
        control.Source.Publish(Meshes.Of(pods));
        await client.WaitForSyncAsync(end.Token);
        var before = recorder.Received;

        await control.RestartAsync();
        await ControlFixture.EventuallyAsync(() => control.Host.Proxies.Count == 1);
        Assert.Equal(101, recorder.State.Count);
        control.Source.Publish(Meshes.Of(pods[1..].Append(Web2)));
        await ControlFixture.EventuallyAsync(() => recorder.Workload(Web2.Uid) is not null && recorder.Workload(pods[0].Uid) is null);

        Assert.Equal(before + 1, recorder.Received);
        Assert.Equal(1, recorder.Removed);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Change_With5000Workloads_SendsItAlone()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        var recorder = new MeshRecorder();
        var client = control.Client(recorder, "secret-1");
        var running = client.RunAsync(end.Token);
        var mesh = Meshes.Of(Enumerable.Range(0, 5000).Select(i => Meshes.Pod($"p{i}", "node-1", "web", $"10.{i / 250}.1.{(i % 250) + 1}")));
        control.Source.Publish(mesh);
        await client.WaitForSyncAsync(end.Token);
        for (var i = 0; i < 20; i++)
        {
            var pod = Meshes.Pod($"p{i}", "node-1", "other", "10.99.0.1");
            mesh = Meshes.With(mesh, pod);
            control.Source.Publish(mesh);
            await ControlFixture.EventuallyAsync(() => recorder.Workload(pod.Uid) is { ServiceAccount: "other" });
        }

        Assert.Equal(5021, recorder.Received);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Token_NotKnown_IsRefusedAndGetsNothing(string token)
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        control.Source.Publish(Meshes.Of(Web1));
        var recorder = new MeshRecorder();
        var client = control.Client(recorder, token);
        var running = client.RunAsync(end.Token);

        await ControlFixture.EventuallyAsync(() => client.Status.FailedAttempts >= 2);

        Assert.Contains("Unauthenticated", client.Status.LastError, StringComparison.Ordinal);
        Assert.Empty(recorder.State);
        Assert.Empty(control.Host.Proxies);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Token_AddedToTheFile_IsTakenWithoutRestart()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        control.Source.Publish(Meshes.Of(Web1));
        var client = control.Client(new MeshRecorder(), "secret-3");
        var running = client.RunAsync(end.Token);
        await ControlFixture.EventuallyAsync(() => client.Status.FailedAttempts >= 1);

        control.WriteTokens(("node-3", "secret-3"));
        await client.WaitForSyncAsync(end.Token);

        Assert.Equal("node-3", Assert.Single(control.Host.Proxies).Node);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task DebugProxies_ConnectedProxy_ShowsItsVersionsAndHealthTurnsOk()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await ControlFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{control.Host.MetricsEndPoint}") };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/healthz", end.Token)).StatusCode);
        var client = control.Client(new MeshRecorder(), "secret-1");
        var running = client.RunAsync(end.Token);
        control.Source.Publish(Meshes.Of(Web1));
        await ControlFixture.EventuallyAsync(() => control.Host.Proxies is [{ Types: var types }] && types.Length == new DeltaDiscoveryClientOptions().Types.Length && types.All(t => t.Synced));

        using var report = JsonDocument.Parse(await http.GetStringAsync("/debug/proxies", end.Token));
        var metrics = await http.GetStringAsync("/metrics", end.Token);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", end.Token)).StatusCode);
        var proxy = report.RootElement.GetProperty("proxies")[0];
        Assert.Equal("node-1", proxy.GetProperty("node").GetString());
        Assert.StartsWith("ztunnel~172.18.1.1~", proxy.GetProperty("nodeId").GetString(), StringComparison.Ordinal);
        var types = proxy.GetProperty("types").EnumerateArray().ToDictionary(t => t.GetProperty("typeUrl").GetString()!);
        Assert.Equal(1, types["type.googleapis.com/istio.workload.Address"].GetProperty("resources").GetInt32());
        Assert.True(types["type.googleapis.com/istio.workload.Address"].GetProperty("synced").GetBoolean());
        Assert.Contains("nodemesh_control_proxies 1\n", metrics, StringComparison.Ordinal);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
