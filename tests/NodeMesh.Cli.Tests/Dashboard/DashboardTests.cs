using System.Net;
using System.Text.Json;
using NodeMesh.Cli.Dashboard;
using NodeMesh.Cli.Proxy;
using NodeMesh.Cli.Tests.Proxy;
using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.Dashboard;

public sealed class DashboardTests : IAsyncLifetime
{
    private const string Metrics = """
        # HELP istio_requests_total Requests.
        # TYPE istio_requests_total counter
        istio_requests_total{reporter="source",source_workload="web",source_workload_namespace="shop",destination_service="catalog.shop.svc.cluster.local",response_code="200",grpc_response_status=""} 8
        istio_requests_total{reporter="source",source_workload="web",source_workload_namespace="shop",destination_service="catalog.shop.svc.cluster.local",response_code="503",grpc_response_status=""} 2
        istio_tcp_connections_opened_total{reporter="source",source_workload="web",source_workload_namespace="shop",destination_service="catalog.shop.svc.cluster.local",connection_security_policy="mutual_tls"} 4
        istio_tcp_connections_opened_total{reporter="destination",source_workload="web",source_workload_namespace="shop",destination_service="catalog.shop.svc.cluster.local",connection_security_policy="mutual_tls"} 4
        istio_tcp_sent_bytes_total{reporter="source",source_workload="unknown",source_workload_namespace="unknown",destination_service="unknown",destination_workload="say \"hi\"",destination_workload_namespace="shop"} 1.5e3 1700000000
        nonsense{
        """;

    private readonly FakeMesh _mesh = new();
    private readonly HttpClient _client = new();
    private DashboardServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _mesh.Answers[(new MeshPart(MeshPort.Admin, "node-1"), "/config_dump")] = Dumps.Node1.GetRawText();
        _mesh.Answers[(new MeshPart(MeshPort.Metrics, "node-1"), "/metrics")] = Metrics;
        _mesh.Answers[(new MeshPart(MeshPort.Control, "control-0"), "/debug/proxies")] = Dumps.Control.GetRawText();
        _server = await DashboardServer.StartAsync(_mesh, 0, new ManualTimeProvider(), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        _mesh.Dispose();
    }

    [Fact]
    public async Task Page_LoadsNothingFromElsewhere()
    {
        var response = await _client.GetAsync(_server.Address, Token);
        var page = await response.Content.ReadAsStringAsync(Token);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("default-src 'none'", string.Join(' ', response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("//", page, StringComparison.Ordinal);
        foreach (var part in new[] { "page.js", "page.css" })
        {
            Assert.Contains($"\"/{part}\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http", (await _client.GetStringAsync(new Uri(_server.Address, part), Token)).Replace("fetch('/api/mesh')", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Mesh_HasProxiesWorkloadsAndTraffic()
    {
        var state = JsonDocument.Parse(await _client.GetStringAsync(new Uri(_server.Address, "api/mesh"), Token)).RootElement;
        Assert.Equal("mesh of a test", state.GetProperty("mesh").GetString());
        Assert.Equal(("node-1", true), (state.GetProperty("proxies")[0].GetProperty("node").GetString(), state.GetProperty("proxies")[0].GetProperty("ready").GetBoolean()));
        Assert.Equal(3, state.GetProperty("workloads").GetArrayLength());
        var edges = state.GetProperty("edges").EnumerateArray().ToDictionary(e => e.GetProperty("source").GetString()!);
        var web = edges["shop/web"];
        Assert.Equal((10, 2, 4, "mutual_tls"), (Number(web, "requests"), Number(web, "failedRequests"), Number(web, "connections"), web.GetProperty("security").GetString()));
        Assert.Equal(("shop/say \"hi\"", 1500d), (edges["outside the mesh"].GetProperty("destination").GetString(), Number(edges["outside the mesh"], "bytes")));
    }

    [Fact]
    public async Task Mesh_WithAProxyThatIsAway_IsShownWithTheReason()
    {
        _mesh.Answers.Clear();
        var state = JsonDocument.Parse(await _client.GetStringAsync(new Uri(_server.Address, "api/mesh"), Token)).RootElement;
        Assert.Contains("cannot be asked", state.GetProperty("proxies")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("cannot be asked", state.GetProperty("controlError").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_UnderAnotherName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Address, "api/mesh"));
        request.Headers.Host = "attacker.example";
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(request, Token)).StatusCode);
    }

    private static double Number(JsonElement edge, string field) => edge.GetProperty(field).GetDouble();
}
