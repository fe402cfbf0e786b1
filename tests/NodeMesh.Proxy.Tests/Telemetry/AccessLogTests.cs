using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Model;
using NodeMesh.Model.AccessLogging;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Telemetry;

public sealed class AccessLogTests
{
    private readonly ManualTimeProvider _time = new(TestConnections.Start);

    [Fact]
    public async Task Text_OfATunnelledConnection_HasEveryKey()
    {
        var connection = TestConnections.Tunnelled();
        connection.Bytes.AddReceived(100);
        connection.Bytes.AddSent(2048);
        Assert.Equal(
            "2026-01-02T03:04:05.690500Z info access connection complete src.addr=10.244.1.5:40000 src.workload=\"web-1\" src.namespace=\"shop\""
            + " src.identity=\"spiffe://cluster.local/ns/shop/sa/web\" src.cluster=\"Kubernetes\" dst.addr=172.18.1.2:15008 dst.hbone_addr=10.244.2.6:8080"
            + " dst.service=\"catalog.shop.svc.cluster.local\" dst.workload=\"catalog-1\" dst.namespace=\"shop\" dst.identity=\"spiffe://cluster.local/ns/shop/sa/catalog\""
            + " dst.cluster=\"Kubernetes\" direction=\"outbound\" bytes_sent=2048 bytes_recv=100 duration=\"12.5ms\" start=2026-01-02T03:04:05.678000Z mtls=true"
            + " security=\"mutual_tls\" tunnel=3 reason=\"completed\"\n",
            await LogAsync(AccessLogFormat.Text, connection, ConnectionEndReason.Completed));
    }

    [Fact]
    public async Task Json_OfARefusedConnection_NamesThePolicy()
    {
        var connection = TestConnections.Plaintext();
        connection.Refuse(new NamespacedName("shop", "deny-all"));
        Assert.Equal(
            """{"level":"error","time":"2026-01-02T03:04:05.6905Z","scope":"access","message":"connection failed","src.addr":"[fd00:244:1::9]:40001","dst.addr":"[fd00:244:2::6]:8080","""
            + "\"" + """dst.workload":"catalog-1","dst.namespace":"shop","dst.cluster":"Kubernetes","direction":"inbound","bytes_sent":0,"bytes_recv":0,"duration":"12.5ms","""
            + "\"" + """start":"2026-01-02T03:04:05.678Z","mtls":false,"security":"plaintext","reason":"policy_denied","flags":"DENY","policy":"shop/deny-all","error":"policy_denied"}""" + "\n",
            await LogAsync(AccessLogFormat.Json, connection, ConnectionEndReason.PolicyDenied));
    }

    [Fact]
    public async Task Text_WithNewlineAndQuoteInTheError_StaysOneLine()
    {
        var line = await LogAsync(AccessLogFormat.Text, TestConnections.Plaintext(), ConnectionEndReason.ConnectFailed, "refused by \"peer\"\nforged line");
        Assert.Contains("src.addr=[fd00:244:1::9]:40001", line, StringComparison.Ordinal);
        Assert.EndsWith(" flags=\"CONNECT\" error=\"refused by \\\"peer\\\"\\nforged line\"\n", line, StringComparison.Ordinal);
        Assert.Single(line, '\n');
    }

    [Fact]
    public async Task Json_WithDryRunRefusals_NamesThem()
    {
        var connection = TestConnections.Tunnelled();
        connection.DryRunRefusals = [new NamespacedName("shop", "later"), new NamespacedName("", "mesh-wide")];
        Assert.Contains("\"dry_run\":\"shop/later,mesh-wide\"", await LogAsync(AccessLogFormat.Json, connection, ConnectionEndReason.Completed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_WithLinesWaiting_WritesThemAll()
    {
        using var output = new MemoryStream();
        var log = new AccessLog(AccessLogFormat.Text, output, NullLoggerFactory.Instance);
        var registry = new ConnectionRegistry(_time, [log]);
        for (var i = 0; i < 5000; i++)
        {
            End(registry, TestConnections.Tunnelled(i), ConnectionEndReason.Completed);
        }

        await log.DisposeAsync();
        Assert.Equal(5000, Encoding.UTF8.GetString(output.ToArray()).Count(c => c == '\n'));
    }

    [Fact]
    public async Task Output_ThatDoesNotTakeLines_NeverBlocksConnections()
    {
        using var stuck = new StuckStream();
        var log = new AccessLog(AccessLogFormat.Text, stuck, NullLoggerFactory.Instance);
        var registry = new ConnectionRegistry(_time, [log]);
        for (var i = 0; i < 40_000; i++)
        {
            End(registry, TestConnections.Tunnelled(i), ConnectionEndReason.Completed);
        }

        Assert.Equal(0, registry.Count);
        stuck.Release();
        await log.DisposeAsync();
        Assert.InRange(stuck.Lines, 16_384, 39_000); // what the queue held; the rest was dropped
    }

    [Theory]
    [InlineData(false, "", true)]
    [InlineData(true, "", false)]
    [InlineData(false, "connection.mtls", true)]
    [InlineData(false, "!connection.mtls", false)]
    [InlineData(false, "response.code >= 400", false)]
    public async Task Line_OfAConnection_IsWrittenAsTelemetriesSayOfItsEndHere(bool disabled, string filter, bool written)
    {
        var own = Rule(disabled, filter);
        var other = new AccessLogRule(written, null);
        var neither = new AccessLogPolicy { Client = other, Server = other };
        var outbound = TestConnections.Tunnelled();
        outbound.SourceWorkload = outbound.SourceWorkload! with { AccessLog = new AccessLogPolicy { Client = own, Server = other } };
        outbound.DestinationWorkload = outbound.DestinationWorkload! with { AccessLog = neither };
        var inbound = TestConnections.Tunnelled(direction: ConnectionDirection.Inbound);
        inbound.SourceWorkload = inbound.SourceWorkload! with { AccessLog = neither };
        inbound.DestinationWorkload = inbound.DestinationWorkload! with { AccessLog = new AccessLogPolicy { Client = other, Server = own } };

        Assert.Equal(written, (await LogAsync(AccessLogFormat.Text, outbound, ConnectionEndReason.Completed)).Length > 0);
        Assert.Equal(written, (await LogAsync(AccessLogFormat.Text, inbound, ConnectionEndReason.Completed)).Length > 0);
    }

    [Theory]
    [InlineData("response.code >= 400", "/404 /0 /503", "/404 /503")]
    [InlineData("!has(response.code) || response.code >= 500", "/200 /0 /503", "/0 /503")]
    [InlineData("request.method == 'GET' && !request.url_path.startsWith('/2')", "/200?a /404?b", "/404?b")]
    [InlineData("", "/200 /404", "/200 /404")]
    public async Task Line_OfARequest_IsWrittenWhereTheClientsFilterTakesIt(string filter, string requests, string written)
    {
        using var output = new MemoryStream();
        var log = new AccessLog(AccessLogFormat.Json, output, NullLoggerFactory.Instance);
        var client = TestConnections.Pod("web-1", "web", "node-1") with { AccessLog = new AccessLogPolicy { Client = Rule(false, filter), Server = new AccessLogRule(true, null) } };
        foreach (var path in requests.Split(' '))
        {
            ((IRequestObserver)log).Completed(new RequestRecord
            {
                Started = TestConnections.Start,
                Source = IPEndPoint.Parse("10.244.1.5:40000"),
                Destination = IPEndPoint.Parse("10.96.0.20:80"),
                Method = "GET",
                Path = path,
                Authority = "catalog",
                Protocol = "HTTP/1.1",
                SourceWorkload = client,
                Status = int.Parse(path.Split('?')[0].TrimStart('/'), CultureInfo.InvariantCulture),
            });
        }

        await log.DisposeAsync();
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(written, string.Join(' ', lines.Select(l => JsonNode.Parse(l)!["path"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("json", 2)]
    [InlineData("text", 1)]
    [InlineData("off", 0)]
    public void ParseFormat_OfAKnownWord_IsIt(string word, int format) => Assert.Equal((AccessLogFormat)format, AccessLog.ParseFormat(word));

    [Fact]
    public void ParseFormat_OfAnotherWord_SaysWhatToUse() =>
        Assert.Contains("json, text or off", Assert.Throws<FormatException>(() => AccessLog.ParseFormat("xml")).Message, StringComparison.Ordinal);

    private static AccessLogRule Rule(bool disabled, string filter) => new(disabled, AccessLogFilter.TryParse(filter, out var parsed, out _) ? parsed : null);

    private static void End(ConnectionRegistry registry, ConnectionRecord connection, ConnectionEndReason reason, string? error = null)
    {
        registry.Register(connection);
        registry.Opened(connection);
        registry.Closed(connection, reason, error);
    }

    private async Task<string> LogAsync(AccessLogFormat format, ConnectionRecord connection, ConnectionEndReason reason, string? error = null)
    {
        using var output = new MemoryStream();
        var log = new AccessLog(format, output, NullLoggerFactory.Instance);
        var registry = new ConnectionRegistry(_time, [log]);
        _time.Advance(TimeSpan.FromMilliseconds(12.5));
        End(registry, connection, reason, error);
        await log.DisposeAsync();
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
