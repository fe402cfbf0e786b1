using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Tests.Http;
using NodeMesh.Proxy.Tracing;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Tracing;

/// <summary>Requests of a client through the data path, and their spans as a collector gets them: the exporter and the wire are the real ones.</summary>
public sealed class RequestTracingTests : IAsyncLifetime
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";
    private const string Parent = $"00-{Trace}-{Caller}-01";

    private OtlpCollector _collector = null!;
    private SpanExport _spans = null!;

    public async ValueTask InitializeAsync()
    {
        var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _collector = await OtlpCollector.StartAsync(listener);
        var configuration = new ProxyConfiguration
        {
            Node = "node-1",
            NodeAddresses = [],
            ControlPlane = new Uri("https://127.0.0.1:1"),
            RootCertificate = "",
            TokenFile = "",
            EnrollmentDirectory = "",
            TraceSampling = 0,
        };
        _spans = new SpanExport(configuration, new Uri($"http://[::1]:{port}"), NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _spans.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task Request_OfATrace_IsAChildOfItsCaller_AndTheCallerOfWhatFollows()
    {
        await using var mesh = await HttpMesh.CreateAsync(tracer: _spans.Tracer);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, EchoAsync);

        var answer = await GetAsync(mesh, "/shelf?id=7", ("traceparent", Parent), ("tracestate", "vendor=x"), ("x-request-id", "mine"));

        var span = await SpanAsync(s => s.TraceId == Trace);
        Assert.Equal(($"00-{Trace}-{span.SpanId}-01", "vendor=x", "mine"), (answer["traceparent"], answer["tracestate"], answer["x-request-id"]));
        Assert.Equal((Caller, "GET", 3, "vendor=x", 0), (span.ParentId, span.Name, span.Kind, span.State, span.Status));
        Assert.Equal(
            ("GET", "200", HttpMesh.Host, "80", "1.1", $"http://{HttpMesh.Host}/shelf?id=7"),
            (span["http.request.method"], span["http.response.status_code"], span["server.address"], span["server.port"], span["network.protocol.version"], span["url.full"]));
        Assert.Equal(
            ("proxy", "-", "mine", $"outbound|80||{HttpMesh.Host}", mesh.Server.Workload.Addresses[0].ToString(), "8080"),
            (span["component"], span["response_flags"], span["guid:x-request-id"], span["upstream_cluster"], span["network.peer.address"], span["network.peer.port"]));
        Assert.Equal(("nodemesh-proxy", "node-1"), (span.Resource["service.name"], span.Resource["k8s.node.name"]));
        var record = await mesh.Requests.WaitAsync("/shelf?id=7");
        Assert.Equal(Trace, record.TraceId);
        Assert.Equal(record.Duration.TotalMicroseconds, span.Duration.TotalMicroseconds, 1.0);
    }

    [Fact]
    public async Task Request_ThatIsTriedAgain_HasASpanForEachTry()
    {
        var retry = new RetryPolicy { Attempts = 2, Conditions = RetryConditions.ServerError, Backoff = TimeSpan.FromMilliseconds(1) };
        await using var mesh = await HttpMesh.CreateAsync(HttpMesh.To("web") with { Retry = retry }, tracer: _spans.Tracer);
        var calls = 0;
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref calls) == 1 ? 503 : 200;
            return Task.CompletedTask;
        });

        await GetAsync(mesh, "/again", ("b3", $"{Trace}-{Caller}-1"));

        var span = await SpanAsync(s => s.TraceId == Trace && s.ParentId == Caller);
        Assert.Equal(("200", "1"), (span["http.response.status_code"], span["http.request.resend_count"]));
        var tries = _collector.Spans.Where(s => s.ParentId == span.SpanId).ToList();
        Assert.Equal([("503", null), (null, "1")], tries.Select(t => (t["error.type"], t["http.request.resend_count"])));
        Assert.Equal([2, 0], tries.Select(t => t.Status));
    }

    [Fact]
    public async Task Failure_IsAnError()
    {
        await using var mesh = await HttpMesh.CreateAsync(HttpMesh.To("web") with { Retry = new RetryPolicy { Attempts = 0 } }, tracer: _spans.Tracer);

        // Nobody listens in the server's pod.
        await GetAsync(mesh, "/", ("traceparent", Parent));

        var span = await SpanAsync(s => s.TraceId == Trace);
        Assert.Equal((2, "503", "503", "UF"), (span.Status, span["error.type"], span["http.response.status_code"], span["response_flags"]));
    }

    [Fact]
    public async Task Telemetry_SaysHowManyAreTraced_AndWithWhichTags()
    {
        await using var mesh = await HttpMesh.CreateAsync(tracer: _spans.Tracer);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, EchoAsync);

        // The mesh's share is zero: passed on as a trace that nobody records.
        var unsampled = await GetAsync(mesh, "/none");
        Assert.EndsWith("-00", unsampled["traceparent"], StringComparison.Ordinal);

        mesh.Trace(new TracingPolicy
        {
            SamplingPercentage = 100,
            HasIstioTags = false,
            Tags = [new TracingTag("env", "", "test"), new TracingTag("user", "x-user", "nobody"), new TracingTag("other", "x-other", "default"), new TracingTag("none", "x-none", "")],
        });
        var sampled = await GetAsync(mesh, "/all", ("x-user", "ann"));

        var span = await SpanAsync(s => s["url.full"]!.EndsWith("/all", StringComparison.Ordinal));
        Assert.Equal(("", $"00-{span.TraceId}-{span.SpanId}-01"), (span.ParentId, sampled["traceparent"]));
        Assert.Equal(("test", "ann", "default", null, null), (span["env"], span["user"], span["other"], span["none"], span["component"]));

        mesh.Trace(new TracingPolicy { SamplingPercentage = 100, IsReported = false });
        var off = await GetAsync(mesh, "/off", ("traceparent", Parent));
        Assert.Equal(Parent, off["traceparent"]);

        mesh.Trace(new TracingPolicy { SamplingPercentage = 100, PropagatesContext = false });
        Assert.Equal("", (await GetAsync(mesh, "/silent"))["traceparent"]);
        await SpanAsync(s => s["url.full"]!.EndsWith("/silent", StringComparison.Ordinal));
        Assert.DoesNotContain(_collector.Spans, s => s["url.full"] is { } url && (url.EndsWith("/none", StringComparison.Ordinal) || url.EndsWith("/off", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Telemetry_IsReasonEnough_ToLookAtRequests()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false, tracer: _spans.Tracer);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, EchoAsync);
        Assert.Equal("", (await GetAsync(mesh, "/before"))["traceparent"]);

        mesh.Trace(new TracingPolicy { SamplingPercentage = 100 });

        Assert.NotEqual("", (await GetAsync(mesh, "/after"))["traceparent"]);
        await SpanAsync(s => s["url.full"]!.EndsWith("/after", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Collector_ThatFails_HurtsNoRequest_AndGetsLaterSpans()
    {
        await using var mesh = await HttpMesh.CreateAsync(tracer: _spans.Tracer);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, EchoAsync);
        _collector.Answer = StatusCodes.Status503ServiceUnavailable;
        await GetAsync(mesh, "/lost", ("traceparent", Parent));
        await DataPaths.Eventually.TrueAsync(() => _collector.Requests > 0, "nothing was exported");

        _collector.Answer = StatusCodes.Status200OK;
        await GetAsync(mesh, "/kept", ("traceparent", Parent));
        await SpanAsync(s => s["url.full"]!.EndsWith("/kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_SendsWhatIsLeft()
    {
        await using (var mesh = await HttpMesh.CreateAsync(tracer: _spans.Tracer))
        {
            await using var server = await HttpServerApp.StartAsync(mesh.Server, EchoAsync);
            await GetAsync(mesh, "/last", ("traceparent", Parent));
        }

        await _spans.DisposeAsync();
        Assert.Contains(_collector.Spans, s => s.TraceId == Trace);
    }

    private static Task EchoAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new[] { "traceparent", "tracestate", "x-request-id" }.ToDictionary(n => n, n => context.Request.Headers[n].ToString()));

    /// <summary>What the application got.</summary>
    private static async Task<Dictionary<string, string>> GetAsync(HttpMesh mesh, string path, params (string Name, string Value)[] headers)
    {
        using var client = mesh.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.StartsWith('{') ? System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(text)! : [];
    }

    private async Task<OtlpSpan> SpanAsync(Func<OtlpSpan, bool> wanted)
    {
        await DataPaths.Eventually.TrueAsync(() => _collector.Spans.Any(s => s.Attributes.ContainsKey("url.full") && wanted(s)), "the span did not come");
        return _collector.Spans.First(s => s.Attributes.ContainsKey("url.full") && wanted(s));
    }
}
