namespace NodeMesh.EndToEnd;

/// <summary>What a ResiliencePolicy does for clients that know nothing of it. A mesh of its own: it makes a server ill.</summary>
public sealed class ResiliencePolicyTests(WebMesh web) : IClassFixture<WebMesh>
{
    [Theory]
    [InlineData("http: {path: /health}")]
    [InlineData("http: {path: /health, expectedStatuses: [200, 204]}\n    port: 8080")]
    public async Task HealthCheck_KeepsRequestsFromAServerThatSaysItIsIll_UntilItSaysOtherwise(string check)
    {
        await using var route = await AppliedPolicy.ApplyAsync(web.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: site, namespace: site}
            spec:
              host: site
              trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
            """);
        await using var policy = await AppliedPolicy.ApplyAsync(web.Mesh, $$"""
            apiVersion: nodemesh.io/v1alpha1
            kind: ResiliencePolicy
            metadata: {name: site, namespace: site}
            spec:
              targetRefs: [{kind: Service, name: site}]
              healthCheck:
                {{check}}
                interval: 1s
                unhealthyThreshold: 2
            """);
        var alpha = $"http://{await web.Mesh.AddressAsync("site/alpha")}:8080";
        await Eventually.GetAsync(WhoAnswersAsync, seen => seen == "alpha beta");

        Assert.Equal("ill", await web.CurlAsync($"{alpha}/ill"));
        await Eventually.GetAsync(WhoAnswersAsync, seen => seen == "beta");
        await Eventually.GetAsync(async () => (await web.Mesh.QueryAsync("proxy-config", "endpoint", "node-1")).Expect(), seen => seen.Contains("503", StringComparison.Ordinal));

        Assert.Equal("well", await web.CurlAsync($"{alpha}/well"));
        await Eventually.GetAsync(WhoAnswersAsync, seen => seen == "alpha beta");
    }

    /// <summary>The names of those who answered eight requests.</summary>
    private async Task<string> WhoAnswersAsync()
    {
        var answers = await web.CurlAsync("-H", "Connection: close", "-w", "\n", "http://site.site/[1-8]");
        return string.Join(' ', answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
    }
}
