using NodeMesh.Resources.Tests.Translation.Routing;

namespace NodeMesh.Resources.Tests.Explanation;

public sealed class RateLimitExplanationTests
{
    private const string Limits = """
        apiVersion: nodemesh.io/v1alpha1
        kind: RateLimitPolicy
        metadata: {name: limits, namespace: shop}
        spec:
          targetRefs: [{kind: Service, name: reviews}]
          rules:
          - name: per-user
            scope: Mesh
            match: {path: {type: PathPrefix, value: /api}}
            countBy: [{type: Header, header: x-user}, {type: SourceNamespace}]
            limit: {requests: 100, per: 1m, burst: 20}
          - name: writes
            match: {methods: [POST]}
            limit: {requests: 5, per: 1s}
        """;

    [Theory]
    [InlineData("GET reviews.shop:80/api/1|x-user=ann", "RateLimitPolicy shop/limits, rule per-user: requests with x-user 'ann' and namespace shop may be 100 in 1m0s, 20 at once, counted of all nodes; what goes beyond is answered with 429.")]
    [InlineData("POST reviews.shop:80/", "RateLimitPolicy shop/limits, rule writes: all such requests together may be 5 in 1s, counted of each node by itself; what goes beyond is answered with 429.")]
    public void Limit_ThatCountsARequest_IsToldWithItsNumbers(string request, string sentence) =>
        Assert.Equal([sentence], Told(request));

    [Theory]
    [InlineData("GET reviews.shop:80/")]
    [InlineData("GET reviews.shop:80/api|@protocol=tcp")]
    public void Limit_ThatCountsNoSuchRequest_IsNotTold(string request) => Assert.Empty(Told(request));

    private static IEnumerable<string> Told(string request) => new RoutedMesh(Limits).Ask(request).Why.Where(s => s.Contains("rule ", StringComparison.Ordinal) && s.Contains("RateLimitPolicy", StringComparison.Ordinal));
}
