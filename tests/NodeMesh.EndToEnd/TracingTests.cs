using System.Text.Json.Nodes;
using NodeMesh.Testing;

namespace NodeMesh.EndToEnd;

/// <summary>Requests of curl, the headers that their application gets, and the spans that a collector gets.</summary>
public sealed class TracingTests(TracingMesh tracing) : IClassFixture<TracingMesh>
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    [Fact]
    public async Task Telemetry_OfAllRequests_MakesSpans_AndOfNone_None()
    {
        await using var telemetry = await AppliedPolicy.ApplyAsync(tracing.Mesh, Telemetry("all", "providers: [{name: otlp}], randomSamplingPercentage: 100, customTags: {stage: {literal: {value: test}}}"));
        var first = (await SeenAsync("/headers?n=1", t => t.EndsWith("-01", StringComparison.Ordinal))).Split('-');

        var span = await SpanAsync(s => s.TraceId == first[1] && s.SpanId == first[2]);
        Assert.Equal(("", "GET", "server.site", "200"), (span.ParentId, span.Name, span["server.address"], span["http.response.status_code"]));
        Assert.Equal(("outbound|80||server.site.svc.cluster.local", "client", "-", "test"), (span["upstream_cluster"], span["istio.canonical_service"], span["response_flags"], span["stage"]));
        Assert.Equal("node-1", span.Resource["k8s.node.name"]);

        var second = (await SeenAsync("/headers?n=2", t => t.Length > 0, "-H", $"traceparent: 00-{Trace}-{Caller}-01")).Split('-');
        var child = await SpanAsync(s => s.SpanId == second[2]);
        Assert.Equal((Trace, Trace, Caller), (second[1], child.TraceId, child.ParentId));

        var b3 = (await HeadersAsync("/headers?n=3", "-H", $"b3: {Trace}-{Caller}-1"))["b3"]!.GetValue<string>().Split('-');
        Assert.Equal((Trace, "1", Caller), (b3[0], b3[2], b3[3]));
        Assert.Equal(Caller, (await SpanAsync(s => s.SpanId == b3[1])).ParentId);

        await tracing.Mesh.ApplyAsync(Telemetry("all", "randomSamplingPercentage: 0"));
        await SeenAsync("/headers?n=4", t => !t.EndsWith("-01", StringComparison.Ordinal));
        for (var i = 0; i < 5; i++)
        {
            Assert.DoesNotContain("-01", await SeenAsync("/headers?unsampled", _ => true), StringComparison.Ordinal);
        }

        await tracing.Mesh.ApplyAsync(Telemetry("all", "randomSamplingPercentage: 100"));
        var last = (await SeenAsync("/headers?n=5", t => t.EndsWith("-01", StringComparison.Ordinal))).Split('-');
        await SpanAsync(s => s.SpanId == last[2]);
        Assert.DoesNotContain(tracing.Collector.Spans, s => s["url.full"]!.EndsWith("?unsampled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Telemetry_ThatNamesAnUnknownProvider_IsToldWhichThereIs()
    {
        await using var telemetry = await AppliedPolicy.ApplyAsync(tracing.Mesh, Telemetry("wrong", "providers: [{name: zipkin}]", "server"));
        await Eventually.GetAsync(
            async () => (await tracing.Mesh.GetAsync("telemetry", "site", "wrong")).ToJsonString(),
            text => text.Contains("no provider of the mesh", StringComparison.Ordinal) && text.Contains("the mesh has otlp", StringComparison.Ordinal));
    }

    private static string Telemetry(string name, string tracing, string app = "client") => $$"""
        apiVersion: telemetry.istio.io/v1
        kind: Telemetry
        metadata: {name: {{name}}, namespace: site}
        spec:
          selector: {matchLabels: {app: "{{app}}"} }
          tracing:
          - { {{tracing}} }
        """;

    /// <summary>The headers that the application gets of a request.</summary>
    private async Task<JsonNode> HeadersAsync(string path, params string[] options) =>
        JsonNode.Parse((await tracing.Mesh.ExecAsync("site/client", ["curl", "-s", "-S", "-m", "20", .. options, $"http://server.site{path}"])).Expect())!;

    /// <summary>Calls until the application's <c>traceparent</c> is as it should be.</summary>
    private Task<string> SeenAsync(string path, Func<string, bool> holds, params string[] options) =>
        Eventually.GetAsync(async () => (string?)(await HeadersAsync(path, options))["traceparent"] ?? "", holds);

    private async Task<OtlpSpan> SpanAsync(Func<OtlpSpan, bool> wanted) =>
        (await Eventually.GetAsync(() => Task.FromResult(tracing.Collector.Spans.FirstOrDefault(wanted)), s => s is not null))!;
}
