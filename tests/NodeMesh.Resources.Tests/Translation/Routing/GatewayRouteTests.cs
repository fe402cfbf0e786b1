namespace NodeMesh.Resources.Tests.Translation.Routing;

public sealed class GatewayRouteTests
{
    private const string Parent = "parentRefs: [{group: \"\", kind: Service, name: reviews}]";

    [Theory]
    [InlineData("GET reviews:80/", "r#2 v1.shop:80*1")]
    [InlineData("GET reviews:80/exact", "r#0 v2.shop:80*1")]
    [InlineData("GET reviews:80/exact/more", "r#2 v1.shop:80*1")]
    [InlineData("GET reviews:80/pre", "r#1 v2.shop:80*3 v1.shop:80*0")]
    [InlineData("GET reviews:80/pre/fix", "r#1 v2.shop:80*3 v1.shop:80*0")]
    [InlineData("GET reviews:80/prefix", "r#2 v1.shop:80*1")]
    [InlineData("GET reviews:80/|user=jason", "r#3 v2.shop:80*1")]
    [InlineData("GET reviews:80/?who=me%20too", "r#4 v2.shop:80*1")]
    [InlineData("POST reviews:80/", "r#5 v2.shop:80*1")]
    [InlineData("GET reviews:80/n42", "r#6 v2.shop:80*1")]
    [InlineData("GET reviews:80/n42x", "r#2 v1.shop:80*1")]
    [InlineData("GET reviews:8080/exact", "r#0 v2.shop:80*1")]
    [InlineData("GET 10.96.0.1:80/exact", "r#0 v2.shop:80*1")]
    [InlineData("GET reviews.shop:80/exact|@from=other", "r#0 v2.shop:80*1")]
    [InlineData("GET reviews:80/exact|@host=far.other", "r#0 v2.shop:80*1")]
    [InlineData("GET v1:80/exact", "v1.shop:80*1")]
    public void HttpRoute_MatchesAsSpecified(string request, string outcome)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec:
              {{{{Parent}}}}
              rules:
              - matches: [{path: {type: Exact, value: /exact}}]
                backendRefs: [{name: v2, port: 80}]
              - matches: [{path: {value: /pre}}]
                backendRefs: [{name: v2, port: 80, weight: 3}, {name: v1, port: 80, weight: 0}]
              - backendRefs: [{name: v1, port: 80}]
              - matches: [{headers: [{name: User, value: jason}, {name: user, value: ignored}]}]
                backendRefs: [{name: v2, port: 80}]
              - matches: [{queryParams: [{name: who, value: me too}]}]
                backendRefs: [{name: v2, port: 80}]
              - matches: [{method: POST}]
                backendRefs: [{name: v2, port: 80}]
              - matches: [{path: {type: RegularExpression, value: "/n[0-9]+"}}]
                backendRefs: [{name: v2, port: 80}]
            """);
        Assert.Equal(outcome, mesh.Outcome(request));
    }

    [Theory]
    [InlineData("name: missing, port: 80", "r#0 error 500", "TargetNotFound")]
    [InlineData("name: v1, port: 81", "r#0 error 500", "TargetNotFound")]
    [InlineData("name: far, namespace: other, port: 80", "r#0 error 500", "TargetNotFound")]
    [InlineData("group: x.io, kind: Thing, name: v1, port: 80", "r#0 error 500", "TargetNotFound")]
    [InlineData("name: v1, port: 80, weight: 0", "r#0 error 500", null)]
    [InlineData("name: empty, port: 80", "r#0 error 503", null)]
    public void HttpRoute_ToABackendThatCannotBeUsed_AnswersTheSpecifiedStatus(string backend, string outcome, string? code)
    {
        var mesh = new RoutedMesh($"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: shop}}\nspec:\n  {Parent}\n  rules: [{{backendRefs: [{{{backend}}}]}}]");
        Assert.Equal(outcome, mesh.Outcome("GET reviews:80/"));
        Assert.Equal(code is null ? [] : [$"r spec.rules[0].backendRefs[0] {code}"], mesh.Reported);
    }

    [Fact]
    public void HttpRoute_ToAnotherNamespace_NeedsAGrant()
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec: { {{{{Parent}}}}, rules: [{backendRefs: [{name: far, namespace: other, port: 80}]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: g, namespace: other}
            spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: "", kind: Service}]}
            """);
        Assert.Equal("r#0 far.other:80*1", mesh.Outcome("GET reviews:80/"));
        Assert.Empty(mesh.Reported);
    }

    [Fact]
    public void HttpRoute_WithoutARuleThatMatches_Answers404()
    {
        var mesh = new RoutedMesh($"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: shop}}\nspec: {{ {Parent}, rules: [{{matches: [{{path: {{value: /a}}}}], backendRefs: [{{name: v1, port: 80}}]}}] }}");
        Assert.Equal("error 404", mesh.Outcome("GET reviews:80/b"));
    }

    [Theory]
    [InlineData("port: 80", "GET reviews:80/", "r#0 v2.shop:80*1")]
    [InlineData("port: 80", "GET reviews:8080/", "reviews.shop:8080*1")]
    [InlineData("sectionName: http-alt", "GET reviews:8080/", "r#0 v2.shop:80*1")]
    [InlineData("sectionName: http-alt", "GET reviews:80/", "reviews.shop:80*1")]
    [InlineData("sectionName: http, port: 8080", "GET reviews:8080/", "reviews.shop:8080*1")]
    public void HttpRoute_ForOnePort_LeavesTheOthersAlone(string parent, string request, string outcome)
    {
        var mesh = new RoutedMesh($"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: shop}}\nspec: {{parentRefs: [{{group: \"\", kind: Service, name: reviews, {parent}}}], rules: [{{backendRefs: [{{name: v2, port: 80}}]}}]}}");
        Assert.Equal(outcome, mesh.Outcome(request));
    }

    [Theory]
    [InlineData("other", "mine#0 far.other:80*1")]
    [InlineData("shop", "all#0 v1.shop:80*1")]
    [InlineData("third", "all#0 v1.shop:80*1")]
    public void ConsumerRoute_HidesTheProducersFromItsOwnNamespaceAlone(string client, string outcome)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: all, namespace: shop, creationTimestamp: "2020-01-01T00:00:00Z"}
            spec: { {{{{Parent}}}}, rules: [{backendRefs: [{name: v1, port: 80}]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: mine, namespace: other, creationTimestamp: "2024-01-01T00:00:00Z"}
            spec: {parentRefs: [{group: "", kind: Service, name: reviews, namespace: shop}], rules: [{backendRefs: [{name: far, port: 80}]}]}
            """);
        Assert.Equal(outcome, mesh.Outcome($"GET reviews.shop:80/|@from={client}"));
    }

    [Theory]
    [InlineData("b", "2020-01-01T00:00:00Z", "a", "2021-01-01T00:00:00Z", "b#0 v1.shop:80*1")]
    [InlineData("b", "2021-01-01T00:00:00Z", "a", "2021-01-01T00:00:00Z", "a#0 v2.shop:80*1")]
    public void HttpRoutes_ThatConflict_TheOlderWinsThenTheName(string one, string oneCreated, string two, string twoCreated, string outcome)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: {{{{one}}}}, namespace: shop, creationTimestamp: "{{{{oneCreated}}}}"}
            spec: { {{{{Parent}}}}, rules: [{backendRefs: [{name: v1, port: 80}]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: {{{{two}}}}, namespace: shop, creationTimestamp: "{{{{twoCreated}}}}"}
            spec: { {{{{Parent}}}}, rules: [{backendRefs: [{name: v2, port: 80}]}]}
            """);
        Assert.Equal(outcome, mesh.Outcome("GET reviews:80/"));
    }

    [Theory]
    [InlineData("{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}", "r#0 301 https://reviews/a/b?q=1")]
    [InlineData("{type: RequestRedirect, requestRedirect: {hostname: x.org, port: 8443}}", "r#0 302 http://x.org:8443/a/b?q=1")]
    [InlineData("{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /z}}}", "r#0 302 http://reviews/z/b?q=1")]
    [InlineData("{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /z}}}", "r#0 302 http://reviews/z?q=1")]
    [InlineData("{type: ExtensionRef, extensionRef: {group: x.io, kind: Y, name: z}}", "r#0 error 500")]
    public void HttpRoute_FilterThatAnswers_AnswersAsSpecified(string filter, string outcome)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec:
              {{{{Parent}}}}
              rules: [{matches: [{path: {value: /a}}], filters: [{{{{filter}}}}]}]
            """);
        Assert.Equal(outcome, mesh.Outcome("GET reviews:80/a/b?q=1"));
    }

    [Fact]
    public void HttpRoute_Everything_ReachesTheAnswer()
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec:
              {{{{Parent}}}}
              rules:
              - name: everything
                matches: [{path: {value: /a/}}]
                filters:
                - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-One, value: "1"}], add: [{name: user, value: b}], remove: [gone]}}
                - {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: X-Out, value: o}]}}
                - {type: URLRewrite, urlRewrite: {hostname: new.host, path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: v1, port: 80}, percent: 20}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: v2, port: 80}, fraction: {numerator: 1, denominator: 8}}}
                backendRefs:
                - {name: v1, port: 80, weight: 9}
                - name: v2
                  port: 80
                  weight: 1
                  filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-two, value: "2"}]}}]
                timeouts: {request: 10s, backendRequest: 2s}
                retry: {codes: [503, 500], attempts: 4, backoff: 250ms}
            """);
        var answer = mesh.Ask("GET reviews:80/a/b?q=1|user=a|gone=x");
        Assert.Equal("forward", answer.Action);
        Assert.Equal(("new.host", "/b?q=1", "HTTP/1.1"), (answer.Forwarded!.Host, answer.Forwarded.Path, answer.Forwarded.Protocol));
        Assert.Equal(["user=a,b", "x-one=1"], answer.Forwarded.Headers.Select(h => $"{h.Key}={string.Join(',', h.Value)}"));
        Assert.Null(answer.Backends[0].Forwarded);
        Assert.Equal(["2"], answer.Backends[1].Forwarded!.Headers["x-two"]);
        Assert.Equal("HTTP/2", answer.Backends[1].Forwarded!.Protocol);
        Assert.Equal("=X-Out:o", RoutedMesh.Describe(answer.ResponseHeaders));
        Assert.Equal([("v1", 20.0), ("v2", 12.5)], answer.Mirrors.Select(m => (m.Backend.Service, m.Percent)));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2)), (answer.Timeout, answer.BackendTimeout));
        Assert.Equal((4, TimeSpan.FromMilliseconds(250)), (answer.Retry!.Attempts, answer.Retry.Backoff));
        Assert.Equal([500, 503], answer.Retry.Codes);
        Assert.Equal(("hbone", "allow"), (answer.Transport, answer.Verdict));
        Assert.Empty(mesh.Reported);
    }

    [Theory]
    [InlineData("HTTPRoute", "http")]
    [InlineData("GRPCRoute", "grpc")]
    public void Route_WithAMirrorOnABackend_CopiesThatBackendsShare(string kind, string protocol)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: {{{{kind}}}}
            metadata: {name: r, namespace: shop}
            spec:
              {{{{Parent}}}}
              rules:
              - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: far, namespace: other, port: 80}}}]
                backendRefs:
                - {name: v1, port: 80, weight: 3, filters: [{type: RequestMirror, requestMirror: {backendRef: {name: v2, port: 80}, percent: 40}}]}
                - {name: v2, port: 80, weight: 1}
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: g, namespace: other}
            spec: {from: [{group: gateway.networking.k8s.io, kind: {{{{kind}}}}, namespace: shop}], to: [{group: "", kind: Service}]}
            """);
        var answer = mesh.Ask($"POST reviews:80/a.B/C|@protocol={protocol}");
        Assert.Equal("forward", answer.Action);
        Assert.Equal([("far", 100.0), ("v2", 30.0)], answer.Mirrors.Select(m => (m.Backend.Service, m.Percent)));
        Assert.Empty(mesh.Reported);
    }

    [Fact]
    public void HttpRoute_WithAMirrorOnItsOnlyBackendThatIsMissing_ForwardsWithoutCopies()
    {
        var mesh = new RoutedMesh($"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: shop}}\nspec:\n  {Parent}\n  rules: [{{backendRefs: [{{name: v1, port: 80, filters: [{{type: RequestMirror, requestMirror: {{backendRef: {{name: gone, port: 80}}}}}}]}}]}}]");
        Assert.Equal("r#0 v1.shop:80*1", mesh.Outcome("GET reviews:80/"));
        Assert.Empty(mesh.Ask("GET reviews:80/").Mirrors);
        Assert.Equal(["r spec.rules[0].backendRefs[0].filters[0].requestMirror.backendRef TargetNotFound"], mesh.Reported);
    }

    [Theory]
    [InlineData("{name: v1, port: 80, filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /z}}}]}", "r#0 302 http://reviews/z/b?q=1")]
    [InlineData("{name: v1, port: 80, filters: [{type: RequestRedirect, requestRedirect: {hostname: x.org}}]}, {name: v2, port: 80}", "r#0 v1.shop:80*1 v2.shop:80*1")]
    [InlineData("{name: gone, port: 80, filters: [{type: RequestRedirect, requestRedirect: {hostname: x.org}}]}", "r#0 error 500")]
    [InlineData("{name: v1, port: 80, filters: [{type: CORS, cors: {allowOrigins: ['*']}}]}", "r#0 v1.shop:80*1")]
    [InlineData("{name: v1, port: 80, filters: [{type: ExtensionRef, extensionRef: {group: x.org, kind: X, name: x}}]}", "r#0 error 500")]
    public void HttpRoute_WithAFilterThatAnswersOnABackend_AnswersForItAlone(string backends, string outcome)
    {
        var mesh = new RoutedMesh($"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: shop}}\nspec:\n  {Parent}\n  rules: [{{matches: [{{path: {{value: /a}}}}], backendRefs: [{backends}]}}]");
        Assert.Equal(outcome, mesh.Outcome("GET reviews:80/a/b?q=1"));
    }

    [Theory]
    [InlineData("POST reviews:80/shop.Cart/Add|@protocol=grpc", "g#0 v2.shop:80*1")]
    [InlineData("POST reviews:80/shop.Cart/Remove|@protocol=grpc", "g#1 v1.shop:80*1")]
    [InlineData("POST reviews:80/shop.Order/Add|@protocol=grpc", "error 404/12")]
    [InlineData("POST reviews:80/shop.Pay/Now|@protocol=grpc", "g#2 error 500/14")]
    public void GrpcRoute_MatchesServicesAndMethods(string request, string outcome)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: GRPCRoute
            metadata: {name: g, namespace: shop}
            spec:
              {{{{Parent}}}}
              rules:
              - matches: [{method: {service: shop.Cart, method: Add}}]
                backendRefs: [{name: v2, port: 80}]
              - matches: [{method: {service: shop.Cart}}]
                backendRefs: [{name: v1, port: 80}]
              - matches: [{method: {service: shop.Pay}}]
                backendRefs: [{name: missing, port: 80}]
            """);
        Assert.Equal(outcome, mesh.Outcome(request));
    }

    [Theory]
    [InlineData("TCPRoute", "v1", "tcp", "", "t#0 v1.shop:80*3 v2.shop:80*1")]
    [InlineData("TLSRoute", "v1", "tls", "hostnames: [\"*.example.com\"], ", "t#0 v1.shop:80*3 v2.shop:80*1")]
    [InlineData("TLSRoute", "v1", "tls", "hostnames: [other.org], ", "reviews.shop:9000*1")]
    public void ConnectionRoutes_AreForConnections(string kind, string version, string protocol, string hostnames, string outcome)
    {
        var api = kind == "TCPRoute" ? "v1alpha2" : version;
        var mesh = new RoutedMesh($$$$"""
            apiVersion: gateway.networking.k8s.io/{{{{api}}}}
            kind: {{{{kind}}}}
            metadata: {name: t, namespace: shop}
            spec: { {{{{Parent}}}}, {{{{hostnames}}}}rules: [{backendRefs: [{name: v1, port: 80, weight: 3}, {name: v2, port: 80}]}]}
            """);
        Assert.Equal(outcome, mesh.Outcome($"GET reviews:9000/|@protocol={protocol}|@sni=a.example.com"));
    }
}
