namespace NodeMesh.EndToEnd;

/// <summary>Routes of requests from manifests as users write them, seen by curl: at the client's node, to endpoints of both nodes.</summary>
[Collection(HttpMeshCollection.Name)]
public sealed class HttpRoutingTests(HttpMesh http)
{
    [Fact]
    public async Task HttpRoute_DecidesByHeaderPathAndWeight()
    {
        await using var route = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: books, namespace: web}
            spec:
              parentRefs: [{group: "", kind: Service, name: books, port: 80}]
              rules:
              - matches: [{headers: [{name: x-user, value: ann}]}]
                filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: x-seen, value: by-header}]}}]
                backendRefs: [{name: books-next, port: 80}]
              - matches: [{path: {type: PathPrefix, value: /old}}]
                filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}, statusCode: 301}}]
              - matches: [{path: {type: PathPrefix, value: /shelf}}]
                filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /}}}]
                backendRefs: [{name: books-next, port: 80}]
              - matches: [{path: {type: Exact, value: /gone}}]
                backendRefs: [{name: nothing, port: 80}]
              - backendRefs: [{name: books, port: 80, weight: 1}, {name: books-next, port: 80, weight: 0}]
            """);

        await Eventually.GetAsync(() => http.CallAsync("/", "-H", "x-user: ann"), seen => seen == "200 books-next by-header");
        Assert.Equal("200 books -", await http.CallAsync("/"));
        Assert.Equal("301 - http://books.web/new/a?b=c", await http.CallAsync("/old/a?b=c"));
        Assert.Equal("200 books-next -", await http.CallAsync("/shelf/7"));
        Assert.StartsWith("500 ", await http.CallAsync("/gone"), StringComparison.Ordinal);
        await Eventually.GetAsync(() => http.Mesh.ProxyLogAsync("node-1"), log => log.Contains("\"route\":\"HTTPRoute web/books rule 3\"", StringComparison.Ordinal));

        var status = await http.Mesh.GetAsync("httproute", "web", "books");
        Assert.Contains("BackendNotFound", status.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VirtualService_InjectsFaultsAndRewrites()
    {
        await using var route = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: books, namespace: web}
            spec:
              hosts: [books]
              http:
              - match: [{headers: {x-fault: {exact: abort}}}]
                fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
                route: [{destination: {host: books}}]
              - match: [{headers: {x-fault: {exact: delay}}}]
                fault: {delay: {fixedDelay: 11s, percentage: {value: 100}}}
                timeout: 10s
                route: [{destination: {host: books}}]
              - match: [{uri: {prefix: /next}}]
                rewrite: {uri: /}
                headers: {response: {set: {x-seen: "yes"}}}
                route: [{destination: {host: books-next}}]
              - route: [{destination: {host: books}}]
            """);

        await Eventually.GetAsync(() => http.CallAsync("/", "-H", "x-fault: abort"), seen => seen.StartsWith("418 ", StringComparison.Ordinal));
        Assert.Equal("200 books-next yes", await http.CallAsync("/next"));
        Assert.Equal("200 books -", await http.CallAsync("/"));
        Assert.Equal("200 books -", await http.CallAsync("/", "-H", "x-fault: delay"));
    }

    [Fact]
    public async Task RateLimitPolicy_RefusesWhatIsTooMuch()
    {
        await using var route = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: nodemesh.io/v1alpha1
            kind: RateLimitPolicy
            metadata: {name: books, namespace: web}
            spec:
              targetRefs: [{group: "", kind: Service, name: books}]
              rules:
              - name: all
                match: {headers: [{name: x-limited, value: "yes"}]}
                limit: {requests: 1, per: 1h}
            """);

        await Eventually.GetAsync(() => http.CallAsync("/", "-H", "x-limited: yes"), seen => seen.StartsWith("429 ", StringComparison.Ordinal));
        Assert.Equal("200 books -", await http.CallAsync("/"));
    }
}
