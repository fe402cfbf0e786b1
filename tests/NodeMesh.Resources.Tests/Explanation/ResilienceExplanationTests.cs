using NodeMesh.Resources.Tests.Translation.Routing;

namespace NodeMesh.Resources.Tests.Explanation;

public sealed class ResilienceExplanationTests
{
    private const string Entry = """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: api, namespace: shop}
        spec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}
        ---
        apiVersion: nodemesh.io/v1alpha1
        kind: ResiliencePolicy
        metadata: {name: api, namespace: shop}
        spec:
          targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: api}]
          healthCheck: {http: {path: /healthz}, port: 8081}
          outlierDetection: {successRate: {}}
          hedging: {onPerTryTimeout: true}
          panicThreshold: 50
        ---
        """;

    [Fact]
    public void Policy_IsToldWithItsNumbers()
    {
        var why = string.Join('\n', new RoutedMesh(Entry + Route("{attempts: 3, perTryTimeout: 250ms}")).Ask("GET api.example.com:80/").Why);
        Assert.Contains("ResiliencePolicy shop/api: nodes whose pods use api ask its endpoints for /healthz on port 8081 every 10s", why, StringComparison.Ordinal);
        Assert.Contains("more than 1.9 standard deviations below the mean is left out for 30s or more, if at least 5 had 100 requests each", why, StringComparison.Ordinal);
        Assert.Contains("when a try has had no answer for 250ms, another begins beside it, 3 of them at most", why, StringComparison.Ordinal);
        Assert.Contains("while fewer than 50 percent", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{attempts: 3}", "neither the policy nor the route has a time-out of a try")]
    [InlineData("{attempts: 0}", "neither the policy nor the route has a time-out of a try")]
    public void Hedging_WithoutATime_IsToldToHaveNoEffect(string retries, string reason) =>
        Assert.Contains(reason, string.Join('\n', new RoutedMesh(Entry + Route(retries)).Ask("GET api.example.com:80/").Why), StringComparison.Ordinal);

    private static string Route(string retries) => $"""

        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {"{"}name: api, namespace: shop{"}"}
        spec:
          hosts: [api.example.com]
          http:
          - {"{"}retries: {retries}, route: [{"{"}destination: {"{"}host: api.example.com{"}"}{"}"}]{"}"}
        """;
}
