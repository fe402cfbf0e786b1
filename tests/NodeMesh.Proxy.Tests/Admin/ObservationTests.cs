using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Identity;
using NodeMesh.Metrics.Logging;
using NodeMesh.Model;
using NodeMesh.Proxy.Admin;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Readiness;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Proxy.Tests.Telemetry;
using NodeMesh.Testing;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Tests.Admin;

/// <summary>The three servers over loopback, on ports of the system's choice.</summary>
public sealed class ObservationTests : IAsyncLifetime
{
    private static readonly SpiffeId Own = new("cluster.local", "nodemesh-system", "nodemesh-proxy");

    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _client = new();
    private readonly PodRegistry _pods = new();
    private readonly LogLevels _levels = new(LogLevel.Information);
    private readonly TaskCompletionSource _stopped = new();
    private List<CertificateStatus> _certificates = [];
    private MeshState _mesh = null!;
    private ConnectionRegistry _connections = null!;
    private Observation _observation = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _mesh = new MeshState(_time);
        var configuration = Configuration();
        _observation = new Observation(configuration, _mesh, Stream.Null, _time, NullLoggerFactory.Instance);
        _connections = new ConnectionRegistry(_time, _observation.Observers);
        var sources = Sources(configuration);
        var readiness = new ReadinessState([new DiscoveryReadiness(_mesh, configuration.ControlPlane), new CertificateReadiness(sources.Certificates, Own)]);
        await _observation.StartAsync(sources, readiness, _levels, () => _stopped.TrySetResult(), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _observation.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task Readiness_BeforeAnything_Is503AndNamesWhatIsPending()
    {
        var response = await GetAsync(_observation.Servers!.Readiness, "/healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(
            "certificate: spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy was not asked for yet\ndiscovery: no complete state from https://172.18.0.1:15012/ yet\n",
            await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Readiness_WithStateAndCertificate_Is200()
    {
        BecomeReady();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(_observation.Servers!.Readiness, "/healthz/ready")).StatusCode);
    }

    [Fact]
    public async Task Tap_OfAWorkload_ShowsConnectionsAsTheyOpenAndEnd()
    {
        using var response = await _client.GetAsync(Url(_observation.Servers!.Admin, "/tap?workload=web"), HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        Assert.Equal("""{"event":"tapping","node":"node-1"}""", await reader.ReadLineAsync(Token));
        var connection = TestConnections.Tunnelled();
        foreach (var observer in _observation.Observers)
        {
            observer.Opened(connection);
        }

        connection.TryEnd(ConnectionEndReason.Completed, null, TestConnections.Start.AddSeconds(2));
        foreach (var observer in _observation.Observers)
        {
            observer.Closed(connection);
        }

        var opened = JsonDocument.Parse((await reader.ReadLineAsync(Token))!).RootElement;
        var closed = JsonDocument.Parse((await reader.ReadLineAsync(Token))!).RootElement;
        Assert.Equal(("opened", "connection opened", "web-1"), (opened.GetProperty("event").GetString(), opened.GetProperty("message").GetString(), opened.GetProperty("src.workload").GetString()));
        Assert.False(opened.TryGetProperty("duration", out _));
        Assert.Equal(("closed", "2000ms", "node-1"), (closed.GetProperty("event").GetString(), closed.GetProperty("duration").GetString(), closed.GetProperty("node").GetString()));
    }

    [Theory]
    [InlineData("/tap?status=abc", HttpStatusCode.BadRequest, "status is 'abc'")]
    [InlineData("/tap?x=1", HttpStatusCode.BadRequest, "x is no filter")]
    public async Task Tap_WithAWrongFilter_IsRefusedWithASentence(string path, HttpStatusCode status, string sentence)
    {
        var response = await GetAsync(_observation.Servers!.Admin, path);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(sentence, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigDump_OfAProxyAtWork_HasEveryPart()
    {
        BecomeReady();
        _mesh.Apply(new ModelChange
        {
            Workloads = [TestConnections.Pod("web-1", "web", "node-1")],
            Services = [TestConnections.Service("catalog")],
            Nodes = [new MeshNode { Name = "node-1", Addresses = [IPAddress.Parse("172.18.1.1")] }],
            Policies = [new AuthorizationPolicy { Name = "deny", Namespace = "shop", Scope = PolicyScope.Namespace, Action = PolicyAction.Deny, Rules = [new PolicyRule([new PolicyClause([new PolicyMatch { SourceIps = [IPNetwork.Parse("10.0.0.0/8")] }])])] }],
        });
        _pods.Add(new PodRuntime(new PodEnrollment { Uid = "u-1", Name = "web-1", Namespace = "shop", ServiceAccount = "web", NetworkNamespace = "/run/netns/x", Addresses = ["10.244.1.5"] }, "cluster.local"));
        _connections.Register(TestConnections.Tunnelled());
        var dump = await _client.GetFromJsonAsync<JsonElement>(Url(_observation.Servers!.Admin, "/config_dump"), Token);
        Assert.Equal("node-1", dump.GetProperty("node").GetString());
        Assert.True(dump.GetProperty("discovery").GetProperty("synced").GetBoolean());
        Assert.Equal("10.244.1.5", dump.GetProperty("workloads")[0].GetProperty("addresses")[0].GetString());
        Assert.Equal("hbone", dump.GetProperty("workloads")[0].GetProperty("tunnelProtocol").GetString());
        Assert.Equal("shop/catalog.shop.svc.cluster.local", dump.GetProperty("services")[0].GetProperty("key").GetString());
        Assert.Equal("10.0.0.0/8", dump.GetProperty("policies")[0].GetProperty("rules")[0].GetProperty("clauses")[0].GetProperty("matches")[0].GetProperty("sourceIps")[0].GetString());
        Assert.Equal("172.18.1.1", dump.GetProperty("nodes")[0].GetProperty("addresses")[0].GetString());
        Assert.Equal("available", dump.GetProperty("certificates")[0].GetProperty("state").GetString());
        var pod = dump.GetProperty("pods")[0];
        Assert.Equal("spiffe://cluster.local/ns/shop/sa/web", pod.GetProperty("identity").GetString());
        Assert.Equal("pending", pod.GetProperty("state").GetString());
        Assert.True(pod.GetProperty("known").GetBoolean());
        var connection = dump.GetProperty("connections")[0];
        Assert.Equal("mutual_tls", connection.GetProperty("security").GetString());
        Assert.Equal("172.18.1.2:15008", connection.GetProperty("tunnelAddress").GetString());
        Assert.Equal("172.18.0.1:1234", dump.GetProperty("staticConfig").GetProperty("dnsUpstream")[0].GetString());
    }

    [Fact]
    public async Task Metrics_OfAProxy_HaveBuildProcessAndStateSeries()
    {
        BecomeReady();
        var text = await (await GetAsync(_observation.Servers!.Metrics, "/stats/prometheus")).Content.ReadAsStringAsync(Token);
        Assert.Contains("istio_build{component=\"nodemesh-proxy\",tag=\"0.1.0\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nprocess_open_fds ", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_gc_collections_total{", text, StringComparison.Ordinal);
        Assert.Contains("nodemesh_certificate_expiry_seconds{identity=\"spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy\"} 3600\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnodemesh_discovery_synced 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_PostOfALevel_ChangesIt()
    {
        Assert.False(_levels.IsEnabled("NodeMesh.Tunnel.TunnelPool", LogLevel.Debug));
        var response = await PostAsync("/logging?NodeMesh.Tunnel=debug");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(_levels.IsEnabled("NodeMesh.Tunnel.TunnelPool", LogLevel.Debug));
        Assert.False(_levels.IsEnabled("NodeMesh.TunnelX", LogLevel.Debug));
        Assert.False(_levels.IsEnabled("Microsoft.AspNetCore", LogLevel.Information));
        await PostAsync("/logging?level=error");
        Assert.False(_levels.IsEnabled("NodeMesh.Tunnel.TunnelPool", LogLevel.Warning));
        await PostAsync("/logging?reset");
        Assert.True(_levels.IsEnabled("NodeMesh.Tunnel.TunnelPool", LogLevel.Information));
    }

    [Theory]
    [InlineData("/logging?level=loud", "'loud' for level is not a level")]
    [InlineData("/logging", "say what to set")]
    public async Task Logging_PostOfNonsense_Is400AndChangesNothing(string path, string message)
    {
        var response = await PostAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal("info", _levels.Snapshot()["level"]);
    }

    [Fact]
    public async Task Quit_ByPost_StopsTheProxy_AndByGetDoesNot()
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await GetAsync(_observation.Servers!.Admin, "/quitquitquit")).StatusCode);
        Assert.False(_stopped.Task.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/quitquitquit")).StatusCode);
        await _stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    [Theory]
    [InlineData("/", "text/plain")]
    [InlineData("/certificates", "application/json")]
    [InlineData("/connections", "application/json")]
    [InlineData("/tunnels", "application/json")]
    [InlineData("/logging", "application/json")]
    public async Task Get_OfEachPage_Answers(string path, string type)
    {
        var response = await GetAsync(_observation.Servers!.Admin, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Start_WithAdminOnAnotherAddress_IsRefused()
    {
        var configuration = Configuration() with { AdminListen = new IPEndPoint(IPAddress.Any, 0) };
        await using var observation = new Observation(configuration, _mesh, Stream.Null, _time, NullLoggerFactory.Instance);
        var e = await Assert.ThrowsAsync<FormatException>(() => observation.StartAsync(Sources(configuration), new ReadinessState([]), _levels, () => { }, Token));
        Assert.Contains("loopback", e.Message, StringComparison.Ordinal);
    }

    private static ProxyConfiguration Configuration() => new()
    {
        Node = "node-1",
        NodeAddresses = [IPAddress.Loopback],
        ControlPlane = new Uri("https://172.18.0.1:15012"),
        RootCertificate = "/root.pem",
        TokenFile = "/token",
        EnrollmentDirectory = "/pods",
        DnsUpstream = [IPEndPoint.Parse("172.18.0.1:1234")],
        AdminListen = new IPEndPoint(IPAddress.Loopback, 0),
        ReadinessListen = new IPEndPoint(IPAddress.Loopback, 0),
        MetricsListen = new IPEndPoint(IPAddress.Loopback, 0),
    };

    private static string Url(IPEndPoint server, string path) => $"http://{server}{path}";

    private AdminSources Sources(ProxyConfiguration configuration) => new()
    {
        Configuration = configuration,
        Mesh = _mesh,
        Pods = _pods,
        Connections = _connections,
        Certificates = () => _certificates,
        Tunnels = () => [new TunnelInfo(
            3,
            new TunnelTarget(new SpiffeId("cluster.local", "shop", "web"), IPEndPoint.Parse("172.18.1.2:15008"), ["spiffe://cluster.local/node/node-2"]),
            new PeerCertificate(["spiffe://cluster.local/node/node-2"], null, null, "01", _time.GetUtcNow()),
            null, TunnelState.Open, 1, 2, 3, 4, _time.GetUtcNow(), _time.GetUtcNow())],
        CaptureMode = "iptables",
        InKernelForwarding = "off: a test",
        Time = _time,
    };

    private void BecomeReady()
    {
        _mesh.MarkSynced();
        _certificates = [new CertificateStatus(Own, [Own.ToString()], CertificateState.Available, 1, "01", _time.GetUtcNow(), _time.GetUtcNow().AddHours(1), null, 0, null, null, ImmutableArray<string>.Empty)];
    }

    private Task<HttpResponseMessage> GetAsync(IPEndPoint server, string path) => _client.GetAsync(Url(server, path), Token);

    private Task<HttpResponseMessage> PostAsync(string path) => _client.PostAsync(Url(_observation.Servers!.Admin, path), null, Token);
}
