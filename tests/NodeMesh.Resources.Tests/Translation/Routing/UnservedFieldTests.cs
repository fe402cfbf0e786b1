using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation.Routing;

/// <summary>Fields of routing kinds that are read and not done: each is reported, with what to do instead.</summary>
public sealed class UnservedFieldTests
{
    [Theory]
    [InlineData("http: [{match: [{statPrefix: x}], route: [{destination: {host: v1}}]}]", "spec.http[0].match[0].statPrefix", FindingCodes.NoEffect)]
    [InlineData("http: [{match: [{headers: {uri: {exact: /a}}}], route: [{destination: {host: v1}}]}]", "spec.http[0].match[0].headers.uri", FindingCodes.NoEffect)]
    [InlineData("http: [{match: [{headers: {method: {exact: GET}}}], route: [{destination: {host: v1}}]}]", "spec.http[0].match[0].headers.method", FindingCodes.NoEffect)]
    [InlineData("http: [{retries: {attempts: 1, retryOn: retriable-headers}, route: [{destination: {host: v1}}]}]", "spec.http[0].retries.retryOn", FindingCodes.NoEffect)]
    [InlineData("tcp: [{match: [{sourceSubnet: 10.0.0.0/8}], route: [{destination: {host: v1, port: {number: 80}}}]}]", "spec.tcp[0].match[0].sourceSubnet", FindingCodes.NoEffect)]
    public void VirtualService_FieldThatIsNotDone_IsReported(string routes, string field, string code) =>
        AssertReported($"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: r, namespace: shop}}\nspec: {{hosts: [reviews], {routes}}}", field, code);

    [Theory]
    [InlineData("{host: outside.example.com, trafficPolicy: {tls: {mode: SIMPLE, credentialName: c}}}", "spec.trafficPolicy.tls.credentialName", FindingCodes.NotServed)]
    [InlineData("{host: outside.example.com, trafficPolicy: {tls: {mode: MUTUAL, credentialName: c}}}", "spec.trafficPolicy.tls.credentialName", FindingCodes.NotServed)]
    [InlineData("{host: outside.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE, credentialName: c}}]}}", "spec.trafficPolicy.portLevelSettings[0].tls.credentialName", FindingCodes.NotServed)]
    [InlineData("{host: outside.example.com, subsets: [{name: a, labels: {a: b}, trafficPolicy: {tls: {mode: SIMPLE, caCrl: f}}}]}", "spec.subsets[0].trafficPolicy.tls.caCrl", FindingCodes.NoEffect)]
    [InlineData("{host: reviews, trafficPolicy: {proxyProtocol: {version: V1}}}", "spec.trafficPolicy.proxyProtocol", FindingCodes.NotServed)]
    [InlineData("{host: reviews, trafficPolicy: {tunnel: {targetHost: a.example.com, targetPort: 443}}}", "spec.trafficPolicy.tunnel", FindingCodes.NoEffect)]
    [InlineData("{host: reviews, trafficPolicy: {connectionPool: {http: {http2KeepAlive: {interval: 1s}}}}}", "spec.trafficPolicy.connectionPool.http.http2KeepAlive", FindingCodes.NoEffect)]
    [InlineData("{host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: a, ttl: 1s, attributes: [{name: b}]}}}}}", "spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes", FindingCodes.NoEffect)]
    [InlineData("{host: reviews, trafficPolicy: {loadBalancer: {simple: RANDOM, warmup: {duration: 1s}}}}", "spec.trafficPolicy.loadBalancer.warmup", FindingCodes.NoEffect)]
    [InlineData("{host: reviews, workloadSelector: {matchLabels: {a: b}}, exportTo: ['.']}", "spec.workloadSelector", FindingCodes.NoEffect)]
    [InlineData("{host: reviews, trafficPolicy: {tls: {mode: DISABLE}}}", "spec.trafficPolicy.tls.mode", FindingCodes.NoEffect)]
    [InlineData("{host: reviews.shop.svc.cluster.local, subsets: [{name: a, labels: {version: v1}, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}}]}", "spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode", FindingCodes.NoEffect)]
    public void DestinationRule_FieldThatIsNotDone_IsReported(string spec, string field, string code) =>
        AssertReported($"apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: shop}}\nspec: {spec}", field, code);

    [Theory]
    [InlineData("{host: reviews, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}")]
    [InlineData("{host: outside.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}")]
    [InlineData("{host: empty, trafficPolicy: {tls: {mode: DISABLE}}}")]
    public void DestinationRule_WhoseTlsIsAsItSays_IsNotReported(string spec) =>
        Assert.DoesNotContain(new RoutedMesh($"apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: shop}}\nspec: {spec}").Findings, f => f.Resource?.Kind == "DestinationRule");

    [Fact]
    public void ServiceEntry_WithDynamicDns_IsReported() => AssertReported(
        "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: r, namespace: shop}\nspec: {hosts: ['*.example.com'], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DYNAMIC_DNS}",
        "spec.resolution",
        FindingCodes.NotServed);

    private static void AssertReported(string manifest, string field, string code)
    {
        var finding = Assert.Single(new RoutedMesh(manifest).Findings, f => f.Resource?.Name == "r" && f.Field == field);

        Assert.Equal((code, FindingLevel.Warning), (finding.Code, finding.Level));
        Assert.NotEmpty(finding.Message);
    }
}
