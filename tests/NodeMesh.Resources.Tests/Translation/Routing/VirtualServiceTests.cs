using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Tests.Translation.Routing;

public sealed class VirtualServiceTests
{
    private const string Subsets = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews, namespace: shop}
        spec:
          host: reviews
          subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}, {name: v3, labels: {version: v3}}]
        ---

        """;

    private static string VirtualService(string spec, string name = "vs", string ns = "shop", string created = "2024-01-01T00:00:00Z") =>
        $"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: {name}, namespace: {ns}, creationTimestamp: \"{created}\"}}\nspec: {spec}\n---\n";

    private static string To(string subset) => $"route: [{{destination: {{host: reviews, subset: {subset}}}}}]";

    [Theory]
    [InlineData("{uri: {exact: /a}}", "GET reviews:80/a", true)]
    [InlineData("{uri: {exact: /a}}", "GET reviews:80/a/", false)]
    [InlineData("{uri: {prefix: /a}}", "GET reviews:80/ab", true)]
    [InlineData("{uri: {prefix: /A}, ignoreUriCase: true}", "GET reviews:80/ab", true)]
    [InlineData("{uri: {prefix: /A}}", "GET reviews:80/ab", false)]
    [InlineData("{uri: {regex: \"/a[0-9]\"}}", "GET reviews:80/a1", true)]
    [InlineData("{uri: {regex: \"/a[0-9]\"}}", "GET reviews:80/a12", false)]
    [InlineData("{method: {exact: GET}}", "GET reviews:80/", true)]
    [InlineData("{method: {regex: \"P.*\"}}", "GET reviews:80/", false)]
    [InlineData("{scheme: {exact: http}}", "GET reviews:80/", true)]
    [InlineData("{authority: {prefix: reviews.shop}}", "GET reviews.shop:80/", true)]
    [InlineData("{authority: {prefix: reviews.shop}}", "GET reviews:80/", false)]
    [InlineData("{headers: {end-user: {exact: jason}}}", "GET reviews:80/|End-User=jason", true)]
    [InlineData("{headers: {end-user: {exact: jason}}}", "GET reviews:80/|end-user=jason2", false)]
    [InlineData("{headers: {end-user: {}}}", "GET reviews:80/|end-user=x", true)]
    [InlineData("{headers: {end-user: {}}}", "GET reviews:80/", false)]
    [InlineData("{withoutHeaders: {end-user: {exact: jason}}}", "GET reviews:80/", true)]
    [InlineData("{withoutHeaders: {end-user: {exact: jason}}}", "GET reviews:80/|end-user=jason", false)]
    [InlineData("{queryParams: {q: {exact: \"1\"}}}", "GET reviews:80/?q=1", true)]
    [InlineData("{queryParams: {q: {regex: \"[0-9]+\"}}}", "GET reviews:80/?q=x", false)]
    [InlineData("{port: 80}", "GET reviews:80/", true)]
    [InlineData("{port: 80}", "GET reviews:8080/", false)]
    [InlineData("{sourceLabels: {app: web}}", "GET reviews:80/|@labels={\"app\": \"web\", \"v\": \"1\"}", true)]
    [InlineData("{sourceLabels: {app: web}}", "GET reviews:80/|@labels={\"app\": \"db\"}", false)]
    [InlineData("{sourceNamespace: other}", "GET reviews.shop:80/|@from=other", true)]
    [InlineData("{sourceNamespace: other}", "GET reviews:80/", false)]
    [InlineData("{gateways: [mesh], uri: {prefix: /}}", "GET reviews:80/", true)]
    [InlineData("{gateways: [my-gateway], uri: {prefix: /}}", "GET reviews:80/", false)]
    public void Match_HoldsAsIstioDocuments(string match, string request, bool matches)
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [reviews], gateways: [mesh, my-gateway], http: [{{match: [{match}], {To("v2")}}}, {{{To("v1")}}}]}}"));
        var port = request.Contains(":8080", StringComparison.Ordinal) ? 8080 : 80;
        Assert.Equal(matches ? $"vs#0 reviews.shop:{port}/v2*1" : $"vs#1 reviews.shop:{port}/v1*1", mesh.Outcome(request));
    }

    [Theory]
    [InlineData("GET reviews:80/", "vs#0 reviews.shop:80/v1*1")]
    [InlineData("GET reviews.shop:80/", "vs#0 reviews.shop:80/v1*1")]
    [InlineData("GET reviews.shop.svc.cluster.local:80/", "vs#0 reviews.shop:80/v1*1")]
    [InlineData("GET 10.96.0.1:80/", "vs#0 reviews.shop:80/v1*1")]
    [InlineData("GET v1:80/|@host=reviews", "vs#0 reviews.shop:80/v1*1")]
    [InlineData("GET v1:80/", "v1.shop:80*1")]
    [InlineData("GET reviews:80/|@host=somewhere.else", "reviews.shop:80*1")]
    [InlineData("GET reviews:9000/", "reviews.shop:9000*1")]
    public void Host_IsTheRequestsOwn(string request, string outcome)
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [reviews.shop.svc.cluster.local], http: [{{{To("v1")}}}]}}"));
        Assert.Equal(outcome, mesh.Outcome(request));
    }

    [Fact]
    public void Host_Wildcard_IsForServicesThatNoOtherNames()
    {
        var mesh = new RoutedMesh(
            Subsets
            + VirtualService($"{{hosts: [\"*.shop.svc.cluster.local\"], http: [{{{To("v1")}}}]}}", "wide", created: "2020-01-01T00:00:00Z")
            + VirtualService($"{{hosts: [reviews], http: [{{{To("v2")}}}]}}", "narrow"));
        Assert.Equal("narrow#0 reviews.shop:80/v2*1", mesh.Outcome("GET reviews:80/"));
        Assert.Equal("wide#0 reviews.shop:80/v1*1", mesh.Outcome("GET v1:80/"));
    }

    [Fact]
    public void Host_OfNoService_IsRoutedByName()
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [book.example.com, \"*.wild.example.com\"], http: [{{{To("v2")}}}]}}"));
        Assert.Equal("vs#0 reviews.shop:80/v2*1", mesh.Outcome("GET book.example.com:80/"));
        Assert.Equal("vs#0 reviews.shop:80/v2*1", mesh.Outcome("GET a.wild.example.com:80/"));
        Assert.Equal("passthrough", mesh.Outcome("GET other.example.com:80/"));
    }

    [Fact]
    public void VirtualServices_OfOneHost_AreNotMerged_TheOlderWinsAndTheOtherIsReported()
    {
        var mesh = new RoutedMesh(
            Subsets + VirtualService($"{{hosts: [reviews], http: [{{match: [{{uri: {{prefix: /n}}}}], {To("v2")}}}]}}", "newer", created: "2024-02-01T00:00:00Z") + VirtualService($"{{hosts: [reviews], http: [{{{To("v1")}}}]}}", "older"));
        Assert.Equal("older#0 reviews.shop:80/v1*1", mesh.Outcome("GET reviews:80/n"));
        Assert.Contains("newer spec.hosts Overridden", mesh.Reported);
    }

    [Theory]
    [InlineData("shop", "all#0 reviews.shop:80/v1*1")]
    [InlineData("other", "mine#0 reviews.shop:80/v2*1")]
    public void VirtualService_ExportedToItsOwnNamespace_IsForItsClientsAlone(string client, string outcome)
    {
        var mesh = new RoutedMesh(
            Subsets
            + VirtualService($"{{hosts: [reviews], http: [{{{To("v1")}}}]}}", "all", created: "2020-01-01T00:00:00Z")
            + VirtualService("{hosts: [reviews.shop.svc.cluster.local], exportTo: [\".\"], http: [{route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v2}}]}]}", "mine", "other"));
        Assert.Equal(outcome, mesh.Outcome($"GET reviews.shop:80/|@from={client}"));
    }

    [Fact]
    public void GatewayApiRoute_GoesBeforeAVirtualServiceOfTheSameService()
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [reviews], http: [{{{To("v1")}}}]}}") + """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec: {parentRefs: [{group: "", kind: Service, name: reviews}], rules: [{backendRefs: [{name: v2, port: 80}]}]}
            """);
        Assert.Equal("r#0 v2.shop:80*1", mesh.Outcome("GET reviews:80/"));
        Assert.Contains("vs spec.hosts Overridden", mesh.Reported);
    }

    [Theory]
    [InlineData("route: [{destination: {host: missing}}]", "vs#0 error 503", "vs spec.http[0].route[0].destination.host TargetNotFound")]
    [InlineData("route: [{destination: {host: reviews, subset: v9}}]", "vs#0 error 503", "vs spec.http[0].route[0].destination.subset TargetNotFound")]
    [InlineData("route: [{destination: {host: reviews, subset: v3}}]", "vs#0 error 503", null)]
    [InlineData("route: [{destination: {host: reviews, subset: v1}, weight: 90}, {destination: {host: far.other.svc.cluster.local}, weight: 10}]", "vs#0 reviews.shop:80/v1*90 far.other:80*10", null)]
    [InlineData("route: [{destination: {host: reviews, port: {number: 8080}}}]", "vs#0 reviews.shop:8080*1", null)]
    [InlineData("redirect: {uri: /b, authority: x.org}", "vs#0 301 http://x.org/b?q=1", null)]
    [InlineData("redirect: {scheme: https, derivePort: FROM_PROTOCOL_DEFAULT, redirectCode: 308}", "vs#0 308 https://reviews/api/x?q=1", null)]
    [InlineData("directResponse: {status: 418, body: {string: tea}}", "vs#0 direct 418", null)]
    [InlineData("fault: {abort: {httpStatus: 555, percentage: {value: 100}}}, route: [{destination: {host: reviews}}]", "vs#0 direct 555", null)]
    [InlineData("fault: {abort: {grpcStatus: UNAVAILABLE, percentage: {value: 100}}}, route: [{destination: {host: reviews}}]", "vs#0 direct 200/14", null)]
    [InlineData("fault: {abort: {httpStatus: 555, percentage: {value: 50}}}, route: [{destination: {host: reviews}}]", "vs#0 reviews.shop:80*1", null)]
    public void Route_DoesAsItSays(string route, string outcome, string? reported)
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [reviews], http: [{{match: [{{uri: {{prefix: /api}}}}], {route}}}]}}"));
        Assert.Equal(outcome, mesh.Outcome("GET reviews:80/api/x?q=1"));
        Assert.Equal(reported is null ? [] : [reported], mesh.Reported);
    }

    [Fact]
    public void RequestThatNoRuleMatches_Gets404()
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [reviews], http: [{{match: [{{uri: {{prefix: /api}}}}], {To("v1")}}}]}}"));
        Assert.Equal("error 404", mesh.Outcome("GET reviews:80/"));
    }

    [Theory]
    [InlineData("{uri: {prefix: /api}}", "{uri: /v2}", "/api/x", "/v2/x")]
    [InlineData("{uri: {prefix: /api/}}", "{uri: /}", "/api/x", "/x")]
    [InlineData("{uri: {exact: /api}}", "{uri: /v2}", "/api", "/v2")]
    [InlineData("{uri: {regex: \"/api/.*\"}}", "{uri: /v2}", "/api/x", "/v2")]
    [InlineData("{uri: {prefix: /}}", "{uriRegexRewrite: {match: \"/api/(.*)\", rewrite: \"/x/\\\\1\"}}", "/api/y", "/x/y")]
    public void Rewrite_ChangesThePath(string match, string rewrite, string path, string expected)
    {
        var mesh = new RoutedMesh(Subsets + VirtualService($"{{hosts: [reviews], http: [{{match: [{match}], rewrite: {rewrite}, {To("v1")}}}]}}"));
        Assert.Equal(expected, mesh.Ask($"GET reviews:80{path}").Forwarded!.Path);
    }

    [Fact]
    public void Everything_ReachesTheAnswer()
    {
        var mesh = new RoutedMesh(Subsets + VirtualService("""
            {hosts: [reviews], http: [{
              name: all,
              timeout: 5s,
              retries: {attempts: 3, perTryTimeout: 2s, retryOn: "gateway-error,connect-failure,503,retriable-headers", retryRemoteLocalities: true},
              fault: {delay: {fixedDelay: 7s, percentage: {value: 10}}},
              mirror: {host: v2}, mirrorPercentage: {value: 2.5},
              rewrite: {authority: new.host},
              headers: {request: {set: {x-a: "1"}, remove: [gone]}, response: {add: {x-b: "2"}}},
              corsPolicy: {allowOrigins: [{exact: "https://a.b"}], allowMethods: [GET], maxAge: 24h},
              route: [{destination: {host: reviews, subset: v1}, headers: {response: {set: {x-c: "3"}}}}]}]}
            """));
        var answer = mesh.Ask("GET reviews:80/|gone=1");
        Assert.Equal(("new.host", "/"), (answer.Forwarded!.Host, answer.Forwarded.Path));
        Assert.Equal(["x-a"], answer.Forwarded.Headers.Keys);
        Assert.Equal("=x-c:3 +x-b:2", RoutedMesh.Describe(answer.ResponseHeaders));
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Timeout);
        Assert.Equal((3, RetryConditions.GatewayError | RetryConditions.ConnectFailure, TimeSpan.FromSeconds(2)), (answer.Retry!.Attempts, answer.Retry.Conditions, answer.Retry.PerTryTimeout!.Value));
        Assert.Equal([503], answer.Retry.Codes);
        Assert.Equal(new FaultDelay(TimeSpan.FromSeconds(7), 10), answer.Fault!.Delay);
        Assert.Equal(("v2", 2.5), (Assert.Single(answer.Mirrors).Backend.Service, answer.Mirrors[0].Percent));
        Assert.Equal(["vs spec.http[0].retries.retryOn NoEffect"], mesh.Reported);
    }

    [Theory]
    [InlineData("GET reviews:80/api/v1/x", "vs#0 reviews.shop:80/v1*1")]
    [InlineData("GET reviews:80/api/other", "vs#0 reviews.shop:80/v2*1")]
    [InlineData("GET reviews:80/", "vs#1 reviews.shop:80*1")]
    public void Delegate_TakesThePlaceOfTheRouteThatDelegates(string request, string outcome)
    {
        var mesh = new RoutedMesh(
            Subsets
            + VirtualService("{hosts: [reviews], http: [{match: [{uri: {prefix: /api}}], delegate: {name: part, namespace: other}}, {route: [{destination: {host: reviews}}]}]}")
            + VirtualService(
                "{http: [{match: [{uri: {prefix: /api/v1}}], route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v1}}]}, {match: [{uri: {prefix: /else}}], route: [{destination: {host: reviews.shop.svc.cluster.local}}]}, {route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v2}}]}]}",
                "part", "other"));
        Assert.Equal(outcome, mesh.Outcome(request));
        Assert.Contains("part spec.http[1].match NoEffect", mesh.Reported);
    }

    [Theory]
    [InlineData("tcp: [{match: [{port: 9000}], route: [{destination: {host: v1}, weight: 1}, {destination: {host: v2}, weight: 2}]}]", "tcp", "vs#0 v1.shop:80*1 v2.shop:80*2")]
    [InlineData("tcp: [{match: [{port: 80}], route: [{destination: {host: v1}}]}]", "tcp", "reviews.shop:9000*1")]
    [InlineData("tls: [{match: [{sniHosts: [a.example.com]}], route: [{destination: {host: v1}}]}]", "tls", "vs#0 v1.shop:80*1")]
    [InlineData("tls: [{match: [{sniHosts: [b.example.com]}], route: [{destination: {host: v1}}]}]", "tls", "reviews.shop:9000*1")]
    public void ConnectionRules_AreForConnections(string rules, string protocol, string outcome)
    {
        var mesh = new RoutedMesh(VirtualService($"{{hosts: [reviews, \"*.example.com\"], {rules}}}"));
        Assert.Equal(outcome, mesh.Outcome($"GET reviews:9000/|@protocol={protocol}|@sni=a.example.com"));
    }

    [Theory]
    [InlineData("", "GET reviews:80/", "s#0 v1.shop:80*9 v2.shop:80*1")]
    [InlineData(", matches: [{kind: HTTPRouteGroup, name: g}]", "GET reviews:80/a1|user=joe", "s#0 v1.shop:80*9 v2.shop:80*1")]
    [InlineData(", matches: [{kind: HTTPRouteGroup, name: g}]", "PUT reviews:80/a1|user=joe", "reviews.shop:80*1")]
    [InlineData(", matches: [{kind: HTTPRouteGroup, name: g}]", "GET reviews:80/b|user=joe", "reviews.shop:80*1")]
    [InlineData("", "GET v1:80/", "v1.shop:80*1")]
    public void TrafficSplit_SplitsWhatItsGroupsMatch(string matches, string request, string outcome)
    {
        var mesh = new RoutedMesh($$$$"""
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata: {name: s, namespace: shop}
            spec: {service: reviews, backends: [{service: v1, weight: 9}, {service: v2, weight: 1}]{{{{matches}}}}}
            ---
            apiVersion: specs.smi-spec.io/v1alpha4
            kind: HTTPRouteGroup
            metadata: {name: g, namespace: shop}
            spec: {matches: [{name: m, methods: [GET, POST], pathRegex: "/a.*", headers: {user: "j.*"}}]}
            """);
        Assert.Equal(outcome, mesh.Outcome(request));
    }

    [Theory]
    [InlineData("loadBalancer: {simple: ROUND_ROBIN}", "ROUND_ROBIN", null, null)]
    [InlineData("loadBalancer: {simple: RANDOM}", "RANDOM", null, null)]
    [InlineData("loadBalancer: {consistentHash: {httpHeaderName: x-user}}", "RING_HASH", "header", "x-user")]
    [InlineData("loadBalancer: {consistentHash: {httpCookie: {name: c, ttl: 0s}, maglev: {tableSize: 101}}}", "MAGLEV", "cookie", "c")]
    [InlineData("loadBalancer: {consistentHash: {useSourceIp: true}}", "RING_HASH", "sourceIp", null)]
    [InlineData("loadBalancer: {simple: RANDOM}, portLevelSettings: [{port: {number: 80}, connectionPool: {tcp: {maxConnections: 1}}}]", "LEAST_REQUEST", null, null)]
    [InlineData("loadBalancer: {simple: RANDOM}, portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: ROUND_ROBIN}}]", "ROUND_ROBIN", null, null)]
    public void DestinationRule_SaysHowEndpointsAreChosen(string policy, string name, string? on, string? key)
    {
        var mesh = new RoutedMesh($"apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: d, namespace: shop}}\nspec: {{host: reviews, trafficPolicy: {{{policy}}}}}");
        Assert.Equal(new Resources.Explanation.ExplainLoadBalancing(name, on, key), mesh.Ask("GET reviews:80/").LoadBalancing);
    }

    [Theory]
    [InlineData("other", "RANDOM")]
    [InlineData("shop", "ROUND_ROBIN")]
    [InlineData("third", "ROUND_ROBIN")]
    public void DestinationRule_OfTheClientsNamespace_GoesBeforeTheServices(string client, string policy)
    {
        var mesh = new RoutedMesh("""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: service, namespace: shop}
            spec: {host: reviews, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: client, namespace: other}
            spec: {host: reviews.shop.svc.cluster.local, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: root, namespace: istio-system}
            spec: {host: "*.svc.cluster.local", trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}
            """);
        Assert.Equal(policy, mesh.Ask($"GET reviews.shop:80/|@from={client}").LoadBalancing!.Policy);
        Assert.Equal("PASSTHROUGH", mesh.Ask("GET far.other:80/|@from=shop").LoadBalancing!.Policy);
    }
}
