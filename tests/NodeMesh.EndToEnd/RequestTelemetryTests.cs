using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeMesh.EndToEnd;

/// <summary>What people see of requests: flags, headers, metrics, and the access lines that a Telemetry asks for.</summary>
[Collection(ResilienceMeshCollection.Name)]
public sealed class RequestTelemetryTests(ResilienceMesh res)
{
    [Fact]
    public async Task Flags_OfTheAccessLine_SayWhatBecameOfARequest()
    {
        await res.IsPlainAsync();
        await using var route = await res.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: one, namespace: res}
            spec:
              hosts: [one]
              http:
              - match: [{uri: {prefix: /slow}}]
                timeout: 0.5s
                route: [{destination: {host: one}}]
              - match: [{uri: {prefix: /abort}}]
                fault: {abort: {percentage: {value: 100}, httpStatus: 418}}
                route: [{destination: {host: one}}]
              - match: [{uri: {prefix: /delayed}}]
                fault: {delay: {percentage: {value: 100}, fixedDelay: 0.05s}}
                route: [{destination: {host: one}}]
              - match: [{uri: {prefix: /nowhere}}]
                route: [{destination: {host: missing}}]
            """);
        await res.AskUntilAsync(seen => seen.EndsWith(" 418", StringComparison.Ordinal), "http://one.res/abort");

        await AreAsync("http://one.res", "/slow?key=late", "504 UT");
        await AreAsync("http://one.res", "/abort?once", "418 FI");
        await AreAsync("http://one.res", "/delayed?once", "200 DI");
        await AreAsync("http://one.res", "/nowhere?once", "503 NC");
        await AreAsync("http://one.res", "/unknown?once", "404 NR");
        await AreAsync("http://nobody.res", "/empty?once", "503 UH");

        Assert.Equal(28, (await res.TryCurlAsync("-m", "3", "http://work.res/hold?key=impatient")).ExitCode);
        Assert.Equal("0 DC", await res.FlagsAsync("/hold?key=impatient"));

        var raw = (await res.Mesh.PeerAsync("res/client", "raw", "work.res", "80", @"POST /no-chunk HTTP/1.1\r\nHost: work\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")).Output;
        Assert.StartsWith("HTTP/1.1 400 ", raw, StringComparison.Ordinal);
        Assert.Equal("400 DPE", await res.FlagsAsync("/no-chunk"));
    }

    [Fact]
    public async Task Flags_OfARequestThatAPolicyRefuses_SaySo()
    {
        await res.IsPlainAsync();
        await using (await res.ApplyAsync("""
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: bad, namespace: res}
            spec: {selector: {matchLabels: {app: bad}}, action: DENY, rules: [{}]}
            """))
        {
            var path = "";
            await Eventually.GetAsync(() => res.AskAsync($"http://bad.res{path = $"/fine?{res.NextKey()}"}"), seen => seen.EndsWith(" 503", StringComparison.Ordinal));
            Assert.Equal("503 UF,UAEX", await res.FlagsAsync(path));
        }

        await res.AskUntilAsync(seen => seen == "good 200", "http://bad.res/fine");
    }

    [Fact]
    public async Task Headers_AreThoseThatEnvoysUsersKnow()
    {
        await res.IsPlainAsync();
        var seen = JsonNode.Parse(await res.CurlAsync("http://one.res/headers"))!;
        Assert.Matches("^[0-9a-f-]{36}$", (string)seen["x-request-id"]!);
        Assert.Equal(("1", "http"), ((string?)seen["x-envoy-attempt-count"], (string?)seen["x-forwarded-proto"]));
        var named = JsonNode.Parse(await res.CurlAsync("-H", "x-request-id: mine", "http://one.res/headers?named"))!;
        Assert.Equal("mine", (string?)named["x-request-id"]);
        Assert.Equal("mine", (string?)(await res.LineAsync("/headers?named"))["request_id"]);

        // What the application says of itself stays.
        var answer = await res.CurlAsync("-i", "http://one.res/work");
        Assert.Matches("(?im)^x-envoy-upstream-service-time: [0-9]+\r?$", answer);
        Assert.Matches("(?im)^server: Kestrel\r?$", answer);
        Assert.Matches("(?im)^server: nodemesh\r?$", await res.CurlAsync("-i", "http://nobody.res/"));
    }

    [Fact]
    public async Task Metrics_CountRequestsAndMessagesUnderIstiosLabels()
    {
        await res.IsPlainAsync();
        string[] ends =
        [
            "reporter=\"source\"", "source_workload=\"client\"", "source_workload_namespace=\"res\"", "source_principal=\"spiffe://cluster.local/ns/res/sa/default\"", "source_canonical_service=\"client\"",
            "destination_service=\"one.res.svc.cluster.local\"", "destination_service_name=\"one\"", "destination_service_namespace=\"res\"", "destination_workload=\"a\"",
            "destination_principal=\"spiffe://cluster.local/ns/res/sa/default\"", "connection_security_policy=\"mutual_tls\"", "response_flags=\"-\"",
        ];
        string[] teapot = [.. ends, "request_protocol=\"http\"", "response_code=\"418\""];
        string[] stream = [.. ends, "request_protocol=\"grpc\"", "response_code=\"200\"", "grpc_response_status=\"0\""];
        var before = (await res.SumAsync("istio_requests_total", teapot), await res.SumAsync("istio_request_messages_total", stream), await res.SumAsync("istio_response_messages_total", stream));

        Assert.Equal("418418", await res.CurlAsync("http://one.res/status?code=418&n=[1-2]"));
        Assert.Equal("1 1 1 status 0", await res.GrpcAsync("one.res:81", "ServerStream"));

        await CountsAsync("istio_requests_total", teapot, before.Item1 + 2);
        await CountsAsync("istio_request_messages_total", stream, before.Item2 + 1);
        await CountsAsync("istio_response_messages_total", stream, before.Item3 + 3);
        Assert.True(await res.SumAsync("istio_request_duration_milliseconds_count", teapot) >= 2);
        Assert.True(await res.SumAsync("istio_response_bytes_sum", teapot) >= 6);
    }

    [Fact]
    public async Task Telemetry_OfAWorkload_SaysWhichOfItsLinesAreWritten()
    {
        await res.IsPlainAsync();
        await using (await res.ApplyAsync(Telemetry("{filter: {expression: 'response.code >= 400'}}")))
        {
            await AreWrittenAsync("bad");
        }

        await using (await res.ApplyAsync(Telemetry("{disabled: true}")))
        {
            await AreWrittenAsync();
        }

        await using (await res.ApplyAsync(Telemetry("{filter: {expression: 'size(request.headers) > 3'}}")))
        {
            await Eventually.GetAsync(
                async () => (await res.Mesh.GetAsync("telemetry", "res", "client")).ToJsonString(), text => text.Contains("without the filter all lines are written", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task RateLimit_OfANode_CountsWhatItSays_AndIsExplained()
    {
        await res.IsPlainAsync();
        await using var policy = await res.ApplyAsync("""
            apiVersion: nodemesh.io/v1alpha1
            kind: RateLimitPolicy
            metadata: {name: one, namespace: res}
            spec:
              targetRefs: [{kind: Service, name: one}]
              rules:
              - name: per-user
                match: {path: {type: PathPrefix, value: /limited}, source: {principals: [cluster.local/ns/res/sa/default]}}
                countBy: [{type: SourceIdentity}, {type: Header, header: x-user}]
                limit: {requests: 2, per: 24h}
              - name: calls
                match: {path: {type: Exact, value: /peer.Echo/ClientStream}}
                limit: {requests: 1, per: 24h}
            """);
        var user = "";
        await Eventually.GetAsync(() => StatusesAsync(user = res.NextKey(), "/limited?n=[1-3]"), seen => seen == "200 200 429");
        Assert.Equal("200 200 429", await StatusesAsync(res.NextKey(), "/limited?n=[1-3]"));
        Assert.Equal("200 200 200", await StatusesAsync(user, "/free?n=[1-3]"));

        var refused = await res.CurlAsync("-i", "-H", $"x-user: {user}", "http://one.res/limited?refused");
        Assert.StartsWith("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
        Assert.Matches("(?im)^ratelimit: \"per-user\";r=0;t=[0-9]+\r?$", refused);
        Assert.Matches("(?im)^ratelimit-policy: \"per-user\";q=2;w=86400\r?$", refused);
        Assert.Matches("(?im)^x-envoy-ratelimited: true\r?$", refused);
        Assert.Equal("429 RL", await res.FlagsAsync("/limited?refused"));

        Assert.Equal("1 status 0", await res.GrpcAsync("one.res:81", "ClientStream"));
        Assert.Equal("status 14", await res.GrpcAsync("one.res:81", "ClientStream"));

        var why = (await res.Mesh.QueryAsync("explain", "--from", "client.res", "--to", "one.res:80", "--path", "/limited", "-H", "x-user: ann")).Expect();
        Assert.Contains("rule per-user: requests with identity cluster.local/ns/res/sa/default and x-user 'ann' may be 2 in 24h0m0s, counted of each node by itself", why, StringComparison.Ordinal);
    }

    private async Task AreAsync(string host, string path, string flags)
    {
        await res.TryCurlAsync($"{host}{path}");
        Assert.Equal(flags, await res.FlagsAsync(path));
    }

    /// <summary>An answer is counted just after its end has gone to the client.</summary>
    private Task<double> CountsAsync(string metric, string[] labels, double count) => Eventually.GetAsync(() => res.SumAsync(metric, labels), seen => seen == count);

    private Task<string> StatusesAsync(string user, string path) => res.CurlAsync("-o", "/dev/null", "-w", "%{http_code} ", "-H", $"x-user: {user}", $"http://one.res{path}");

    /// <summary>
    /// Waits until, of a good and of a bad request of the client, these have lines. Another pod's line that comes after shows that theirs would be there; several times in a row,
    /// as a line may come late.
    /// </summary>
    private async Task AreWrittenAsync(params string[] expected)
    {
        var rounds = 0;
        await Eventually.GetAsync(
            async () =>
            {
                var key = res.NextKey();
                await res.CurlAsync("-o", "/dev/null", $"http://one.res/status?code=200&good={key}");
                await res.CurlAsync("-o", "/dev/null", $"http://one.res/status?code=503&bad={key}");
                (await res.Mesh.ExecAsync("res/b", "curl", "-s", "-m", "20", $"http://one.res/status?code=200&last={key}")).Expect();
                await res.LineAsync($"/status?code=200&last={key}");
                var seen = (await res.LinesAsync()).Select(l => Regex.Match((string)l["path"]!, $"(good|bad)={key}$").Groups[1].Value).Where(word => word.Length > 0);
                rounds = string.Join(' ', seen) == string.Join(' ', expected) ? rounds + 1 : 0;
                return rounds;
            },
            seen => seen == 3);
    }

    private static string Telemetry(string logging) => $$"""
        apiVersion: telemetry.istio.io/v1
        kind: Telemetry
        metadata: {name: client, namespace: res}
        spec:
          selector: {matchLabels: {app: client} }
          accessLogging: [{{logging}}]
        """;
}
