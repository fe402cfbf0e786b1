using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace NodeMesh.EndToEnd;

/// <summary>What policies of requests do, seen by clients and servers that know nothing of it: curl, nghttp, h2load, WebSocket, gRPC; nginx, nghttpd.</summary>
public sealed class WebClientTests(WebMesh web) : IClassFixture<WebMesh>
{
    private const string SiteRoute = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: site, namespace: site}
        spec:
          hosts: [site]
          http:
          - route: [{destination: {host: site}}]
            headers: {response: {set: {x-seen: "yes"}}}
        """;

    [Fact]
    public async Task VirtualService_Retries_UntilAnAnswerIsGood()
    {
        await using var route = await ApplyVirtualServiceAsync("retries: {attempts: 3, retryOn: 5xx, perTryTimeout: 5s}");

        // Whether the route is known yet shows by the answer: without it a 503 is passed on.
        var key = 0;
        await Eventually.GetAsync(
            () => web.CurlAsync("-w", " %{http_code}", $"http://site.site/fail?times=1&key=fail-{++key}"), seen => seen == "try 3 200");
    }

    [Fact]
    public async Task VirtualService_PerTryTimeout_GivesASlowTryUp()
    {
        await using var route = await ApplyVirtualServiceAsync("retries: {attempts: 2, retryOn: 5xx, perTryTimeout: 2s}");
        await web.CurlUntilAsync(seen => seen == "try 3", "http://site.site/fail?times=1&key=slow-ready-" + Guid.NewGuid());

        Assert.Matches("^try [23] 200$", await web.CurlAsync("-w", " %{http_code}", $"http://site.site/slow?key=slow-{Guid.NewGuid()}"));
    }

    [Fact]
    public async Task HttpRoute_Mirrors_SendACopyToEach()
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: site, namespace: site}
            spec:
              parentRefs: [{group: "", kind: Service, name: site, port: 80}]
              rules:
              - filters:
                - {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: x-seen, value: mirrored}]}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: copies, port: 80}}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: more-copies, port: 80}, percent: 100}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: copies, port: 80}, fraction: {numerator: 0}}}
                backendRefs: [{name: site, port: 80}]
            """);
        await web.CurlUntilAsync(seen => seen.Contains("x-seen: mirrored", StringComparison.OrdinalIgnoreCase), "-i", "http://site.site/?key=unimportant");

        var key = Guid.NewGuid().ToString();
        Assert.Matches($"^(alpha|beta) HTTP/1.1 POST /a\\?key={key} site.site$", await web.CurlAsync("-d", "hello", $"http://site.site/a?key={key}"));
        await Eventually.GetAsync(() => web.CurlAsync($"http://copies.site/count?key={key}"), seen => seen == "2");
    }

    [Fact]
    public async Task HttpRoute_SessionPersistence_KeepsAClientOnItsServer()
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: site, namespace: site}
            spec:
              parentRefs: [{group: "", kind: Service, name: site, port: 80}]
              rules:
              - sessionPersistence: {sessionName: stay, type: Cookie, absoluteTimeout: 1h, cookieConfig: {lifetimeType: Permanent}}
                backendRefs: [{name: site, port: 80}]
            """);
        var first = await web.CurlUntilAsync(seen => seen.Contains("set-cookie: stay=", StringComparison.OrdinalIgnoreCase), "-i", "http://site.site/");
        var cookie = Regex.Match(first, "stay=[^;]+").Value;
        var server = Regex.Match(first, "alpha|beta").Value;

        Assert.Contains("Max-Age=3600", first, StringComparison.Ordinal);
        for (var i = 0; i < 6; i++)
        {
            Assert.StartsWith(server, await web.CurlAsync("-H", $"Cookie: {cookie}", "http://site.site/"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task HttpRoute_Cors_AnswersBrowsers()
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: site, namespace: site}
            spec:
              parentRefs: [{group: "", kind: Service, name: site, port: 80}]
              rules:
              - filters: [{type: CORS, cors: {allowOrigins: ["https://shop.example"], allowMethods: [PUT], maxAge: 60}}]
                backendRefs: [{name: site, port: 80}]
            """);

        var asked = await web.CurlUntilAsync(
            seen => seen.Contains("access-control-allow-methods: PUT", StringComparison.OrdinalIgnoreCase),
            "-i", "-X", "OPTIONS", "-H", "Origin: https://shop.example", "-H", "Access-Control-Request-Method: PUT", "http://site.site/");
        Assert.Contains("access-control-allow-origin: https://shop.example", asked, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("access-control", await web.CurlAsync("-i", "-H", "Origin: https://other.example", "http://site.site/"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Requests_ThatCouldBeReadInTwoWays_AreRefused()
    {
        await using var route = await ApplyVirtualServiceAsync("timeout: 50s");
        await IsRoutedAsync();
        string[] requests =
        [
            @"POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
            @"POST / HTTP/1.1\r\nHost: site\r\nContent-Length: +5\r\n\r\nabcde",
            @"GET / HTTP/1.1\r\nHost: site\r\nX-Folded: one\r\n two\r\n\r\n",
            @"GET / HTTP/1.1\r\nHost: site\nX-Bare: 1\r\n\r\n",
            @"GET / HTTP/1.1\r\nHost: site\r\nX-Bad : 1\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            Assert.StartsWith("HTTP/1.1 400 ", (await web.Mesh.PeerAsync("site/client", "raw", "site.site", "80", request)).Expect(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bodies_OfMegabytes_PassWholeBothWays()
    {
        await using var route = await ApplyVirtualServiceAsync("timeout: 50s");
        await IsRoutedAsync();
        var sum = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(web.Large)));
        string[] commands =
        [
            "curl -s -m 60 http://files.site/large | sha256sum",
            $"curl -s -m 60 --data-binary @{web.Large} http://site.site/sum",
            $"curl -s -m 60 --http2-prior-knowledge --data-binary @{web.Large} http://site.site:81/sum",
            $"curl -s -m 60 -T - http://site.site/sum < {web.Large}",
        ];
        foreach (var command in commands)
        {
            Assert.StartsWith(sum, (await web.Mesh.ExecAsync("site/client", "sh", "-c", command)).Expect(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Http2_OfNghttpAndH2load_IsServedByNghttpd()
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: streams, namespace: site}
            spec:
              parentRefs: [{group: "", kind: Service, name: streams, port: 80}]
              rules:
              - filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: x-seen, value: "yes"}]}}]
                backendRefs: [{name: streams, port: 80}]
            """);
        await Eventually.GetAsync(
            async () => (await web.Mesh.ExecAsync("site/client", "nghttp", "-v", "-n", "http://streams.site/small")).Output, seen => seen.Contains("x-seen: yes", StringComparison.Ordinal));

        var load = (await web.Mesh.ExecAsync("site/client", "h2load", "-n", "500", "-c", "4", "-m", "16", "http://streams.site/small")).Expect();
        Assert.Contains("500 succeeded, 0 failed, 0 errored", load, StringComparison.Ordinal);

        // HTTP/1.1 of the client becomes HTTP/2 where the port says so.
        Assert.Equal("small 200", await web.CurlAsync("-w", " %{http_code}", "http://streams.site/small"));
    }

    [Fact]
    public async Task Grpc_InAllShapes_PassesWithStatusDeadlineAndCounts()
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: gateway.networking.k8s.io/v1
            kind: GRPCRoute
            metadata: {name: site, namespace: site}
            spec:
              parentRefs: [{group: "", kind: Service, name: site, port: 81}]
              rules:
              - matches: [{method: {service: peer.Echo}}]
                backendRefs: [{name: site, port: 81}]
            """);
        await Eventually.GetAsync(() => CallAsync("Duplex", 1, "20S"), seen => seen == "m1 status 0");
        await Eventually.GetAsync(() => web.Mesh.ProxyLogAsync("node-1"), log => log.Contains("GRPCRoute site/site", StringComparison.Ordinal));

        Assert.Equal("1 status 0", await CallAsync("Unary", 1, "20S"));
        Assert.Equal("3 status 0", await CallAsync("ClientStream", 3, "20S"));
        Assert.Equal("1 1 1 status 0", await CallAsync("ServerStream", 1, "20S"));
        Assert.Equal("m1 m2 m3 status 0", await CallAsync("Duplex", 3, "20S"));
        Assert.Matches("^status (4|14)$", await CallAsync("Wait", 1, "200m"));
    }

    [Theory]
    [InlineData("http://site.site/chat", "1")]
    [InlineData("http://site.site/chat", "2")]
    public async Task WebSocket_OverBothVersions_TalksAndCloses(string url, string version)
    {
        await using var route = await ApplyVirtualServiceAsync("timeout: 50s");
        await IsRoutedAsync();
        var result = await web.Mesh.PeerAsync("site/client", "chat", url.Replace("http:", "ws:", StringComparison.Ordinal), version);
        Assert.Equal("answered 3, closed NormalClosure", result.Expect().Trim());
    }

    [Fact]
    public async Task Events_OfAServer_ArriveAsTheyCome()
    {
        await using var route = await ApplyVirtualServiceAsync("timeout: 50s");
        await IsRoutedAsync();
        Assert.Equal("data: 1\n\ndata: 2\n\ndata: 3", (await web.CurlAsync("-N", "http://site.site/events")).TrimEnd());
    }

    [Fact]
    public async Task Port_ThatSaysNothing_PassesWhatIsNoHttp()
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: lines, namespace: site}
            spec:
              hosts: [lines]
              http: [{route: [{destination: {host: lines}}]}]
            """);

        // HTTP is looked at there, and what is none passes.
        await Eventually.GetAsync(
            async () => (await web.Mesh.ExecAsync("site/client", "curl", "-s", "-m", "10", "-i", "http://lines.site:7000/")).Output, seen => seen.Contains("server: nodemesh", StringComparison.OrdinalIgnoreCase));
        (await web.Mesh.PeerAsync("site/client", "server-first", "lines.site", "7000")).Expect();
    }

    /// <summary>A route for all requests to the site, with something more.</summary>
    private Task<AppliedPolicy> ApplyVirtualServiceAsync(string rule) => AppliedPolicy.ApplyAsync(web.Mesh, $"""
        {SiteRoute}
            {rule}
        """);

    private Task<string> IsRoutedAsync() => web.CurlUntilAsync(seen => seen.Contains("x-seen: yes", StringComparison.OrdinalIgnoreCase), "-i", "http://site.site/");

    private async Task<string> CallAsync(string shape, int messages, string timeout) =>
        (await web.Mesh.PeerAsync("site/client", "grpc", "site.site:81", shape, $"{messages}", timeout)).Output.Trim();
}
