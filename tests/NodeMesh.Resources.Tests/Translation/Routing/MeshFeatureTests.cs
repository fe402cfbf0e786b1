namespace NodeMesh.Resources.Tests.Translation.Routing;

/// <summary>The extended features that the Gateway API knows of meshes, one test with the name of each (docs/routing.md lists them).</summary>
public sealed class MeshFeatureTests
{
    [Fact]
    public void MeshClusterIPMatching_TheAddressDecides_NotTheHostOfTheRequest()
    {
        var mesh = Route("rules: [{backendRefs: [{name: v2, port: 80}]}]");
        Assert.Equal("r#0 v2.shop:80*1", mesh.Outcome("GET 10.96.0.1:80/|@host=v1.shop"));
        Assert.Equal("v1.shop:80*1", mesh.Outcome("GET 10.96.0.2:80/|@host=reviews.shop"));
    }

    [Fact]
    public void MeshConsumerRoute_IsForClientsOfItsNamespaceAlone()
    {
        var mesh = Route("rules: [{backendRefs: [{name: far, port: 80}]}]", ns: "other", parent: "namespace: shop, ");
        Assert.Equal("r#0 far.other:80*1", mesh.Outcome("GET reviews.shop:80/|@from=other"));
        Assert.Equal("reviews.shop:80*1", mesh.Outcome("GET reviews.shop:80/|@from=shop"));
    }

    [Fact]
    public void MeshHTTPRouteBackendRequestHeaderModification_ChangesWhatGoesToOneBackend()
    {
        var mesh = Route("""
            rules: [{backendRefs: [
              {name: v1, port: 80},
              {name: v2, port: 80, filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-set, value: a}], add: [{name: x-add, value: b}], remove: [x-gone]}}]}]}]
            """);
        var backends = mesh.Ask("GET reviews:80/|x-set=old|x-gone=1").Backends;
        Assert.Null(backends[0].Forwarded);
        Assert.Equal(["a"], backends[1].Forwarded!.Headers["x-set"]);
        Assert.Equal(["b"], backends[1].Forwarded!.Headers["x-add"]);
        Assert.DoesNotContain("x-gone", backends[1].Forwarded!.Headers.Keys);
    }

    [Fact]
    public void MeshHTTPRouteNamedRouteRule_NamedRulesRouteAsOthers()
    {
        var mesh = Route("rules: [{name: first, matches: [{path: {value: /named}}], backendRefs: [{name: v1, port: 80}]}, {name: second, backendRefs: [{name: v2, port: 80}]}]");
        Assert.Equal("r#0 v1.shop:80*1", mesh.Outcome("GET reviews:80/named"));
        Assert.Equal("r#1 v2.shop:80*1", mesh.Outcome("GET reviews:80/unnamed"));
        Assert.Empty(mesh.Reported);
    }

    [Theory]
    [InlineData("GET reviews:80/?animal=whale", "r#0 v1.shop:80*1")]
    [InlineData("GET reviews:80/?animal=dolphin&color=blue", "r#2 v1.shop:80*1")]
    [InlineData("GET reviews:80/?animal=dolphin", "r#1 v2.shop:80*1")]
    [InlineData("GET reviews:80/?animal=shark", "r#3 v2.shop:80*1")]
    public void MeshHTTPRouteQueryParamMatching_MoreParametersWin(string request, string outcome)
    {
        var mesh = Route("""
            rules:
              - {matches: [{queryParams: [{name: animal, value: whale}]}], backendRefs: [{name: v1, port: 80}]}
              - {matches: [{queryParams: [{name: animal, value: dolphin}]}], backendRefs: [{name: v2, port: 80}]}
              - {matches: [{queryParams: [{name: animal, value: dolphin}, {name: color, value: blue}]}], backendRefs: [{name: v1, port: 80}]}
              - {backendRefs: [{name: v2, port: 80}]}
            """);
        Assert.Equal(outcome, mesh.Outcome(request));
    }

    [Theory]
    [InlineData("{type: ReplaceFullPath, replaceFullPath: /whole}", "r#0 302 http://reviews/whole")]
    [InlineData("{type: ReplacePrefixMatch, replacePrefixMatch: /new}", "r#0 302 http://reviews/new/lemon")]
    public void MeshHTTPRouteRedirectPath_ChangesThePath(string path, string outcome) =>
        Assert.Equal(outcome, Redirect($"path: {path}").Outcome("GET reviews:80/old/lemon"));

    [Fact]
    public void MeshHTTPRouteRedirectPort_ChangesThePort() => Assert.Equal("r#0 302 http://reviews:8083/old", Redirect("port: 8083").Outcome("GET reviews:80/old"));

    [Fact]
    public void MeshHTTPRouteSchemeRedirect_ChangesTheScheme() => Assert.Equal("r#0 302 https://reviews/old", Redirect("scheme: https").Outcome("GET reviews:80/old"));

    [Theory]
    [InlineData("{type: ReplaceFullPath, replaceFullPath: /one}", "/one?a=b")]
    [InlineData("{type: ReplacePrefixMatch, replacePrefixMatch: /one}", "/one/two?a=b")]
    [InlineData("{type: ReplacePrefixMatch, replacePrefixMatch: /}", "/two?a=b")]
    public void MeshHTTPRouteRewritePath_ChangesThePathOfWhatIsForwarded(string path, string expected)
    {
        var mesh = Route($"rules: [{{matches: [{{path: {{value: /old}}}}], filters: [{{type: URLRewrite, urlRewrite: {{path: {path}}}}}], backendRefs: [{{name: v1, port: 80}}]}}]");
        Assert.Equal(expected, mesh.Ask("GET reviews:80/old/two?a=b").Forwarded!.Path);
    }

    private static RoutedMesh Redirect(string redirect) =>
        Route($"rules: [{{matches: [{{path: {{value: /old}}}}], filters: [{{type: RequestRedirect, requestRedirect: {{{redirect}}}}}]}}]");

    private static RoutedMesh Route(string rules, string ns = "shop", string parent = "") => new($$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: {{ns}}}
        spec:
          parentRefs: [{group: "", kind: Service, {{parent}}name: reviews}]
          {{rules.ReplaceLineEndings("\n  ")}}
        """);
}
