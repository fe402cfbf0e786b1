using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Hosting;
using NodeMesh.Control.Sources;
using NodeMesh.Metrics.Logging;

namespace NodeMesh.Control.Tests;

/// <summary>What the control plane answers to people on its plain port.</summary>
public sealed class ObservingTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-observe-").FullName;
    private readonly LogLevels _levels = new(LogLevel.Information);
    private readonly HttpClient _client = new();
    private ControlHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var manifests = Directory.CreateDirectory(Path.Combine(_directory, "manifests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(manifests, "mesh.yaml"), """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-0, namespace: shop, labels: {app: web, istio.io/dataplane-mode: ambient}}
            spec: {nodeName: node-1, containers: [{name: c}]}
            status: {podIP: 10.244.1.5, phase: Running}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: deny, namespace: shop}
            spec: {action: DENY, rules: [{from: [{source: {namespaces: [evil]}}]}]}
            """, Token);
        await File.WriteAllTextAsync(Path.Combine(_directory, "tokens.json"), "{}", Token);
        var configuration = new ControlConfiguration { CaDirectory = Path.Combine(_directory, "ca"), Tokens = Path.Combine(_directory, "tokens.json"), Listen = "127.0.0.1:0", MetricsListen = "127.0.0.1:0" };
        var source = new DirectorySource(new DirectorySourceOptions { Manifests = [manifests] }, TimeProvider.System, NullLogger<DirectorySource>.Instance);
        _host = new ControlHost(configuration, source, TimeProvider.System, NullLoggerFactory.Instance, _levels);
        await _host.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Explain_OfTheLiveMesh_AnswersByItsResources()
    {
        const string Requests = """
            [{"id": "a", "from": {"namespace": "evil"}, "destination": {"namespace": "shop", "labels": {"app": "web"}, "port": 8080}},
             {"id": "b", "from": {"namespace": "shop"}, "destination": {"namespace": "shop", "labels": {"app": "web"}, "port": 8080}},
             {"id": "c", "to": {"host": 1}}]
            """;
        await ReadAsync();
        var (status, body) = await PostAsync("/debug/explain", Requests);
        var answers = JsonDocument.Parse(body).RootElement;
        Assert.Equal((HttpStatusCode.OK, "deny", "allow"), (status, answers[0].GetProperty("verdict").GetString(), answers[1].GetProperty("verdict").GetString()));
        Assert.Equal("deny", answers[0].GetProperty("deniedBy").GetProperty("name").GetString());
        Assert.True(answers[2].TryGetProperty("error", out _));
        Assert.Contains("a: deny", (await PostAsync("/debug/explain?format=text", Requests)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_OfWhatIsNoBatch_IsRefusedWithTheReason()
    {
        await ReadAsync();
        var (status, body) = await PostAsync("/debug/explain", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("must be one JSON array", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_SetAndReset_ChangesTheLevels()
    {
        Assert.False(_levels.IsEnabled("NodeMesh.Control.X", LogLevel.Debug));
        var (status, body) = await PostAsync("/logging?NodeMesh.Control=debug", "");
        Assert.Equal((HttpStatusCode.OK, true), (status, _levels.IsEnabled("NodeMesh.Control.X", LogLevel.Debug)));
        Assert.Equal("debug", JsonDocument.Parse(body).RootElement.GetProperty("NodeMesh.Control").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/logging?level=loud", "")).Status);
        await PostAsync("/logging?reset", "");
        Assert.False(_levels.IsEnabled("NodeMesh.Control.X", LogLevel.Debug));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("172.18.0.1", "172.18.0.1", true)]
    [InlineData("10.244.1.5", "10.244.1.9", false)]
    [InlineData("::1", "::1", true)]
    [InlineData(null, null, false)]
    public void LocalCaller_IsOnTheSameMachine(string? remote, string? local, bool expected)
    {
        var connection = new DefaultHttpContext().Connection;
        connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        connection.LocalIpAddress = local is null ? null : IPAddress.Parse(local);
        Assert.Equal(expected, LocalCallers.IsLocal(connection));
    }

    private async Task ReadAsync()
    {
        using var patience = new CancellationTokenSource(ControlFixture.Patience);
        while (!(await _client.GetAsync(new Uri($"http://{_host.MetricsEndPoint}/healthz"), patience.Token)).IsSuccessStatusCode)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await _client.PostAsync(new Uri($"http://{_host.MetricsEndPoint}{path}"), content, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
