using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation.Routing;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class RateLimitTranslationTests
{
    private static readonly NamespacedName Catalog = new("shop", "catalog.shop.svc.cluster.local");
    private static readonly Service CatalogService = new() { Name = "catalog", Namespace = "shop", Hostname = Catalog.Name, Ports = [new ServicePort(80, 8080), new ServicePort(81, 8081)] };

    [Fact]
    public void Policy_WithEverything_IsTranslated()
    {
        var rule = Assert.Single(Translate("""
            {targetRefs: [{kind: Service, name: catalog, port: 80}], rules: [{name: per-caller,
              match: {path: {type: PathPrefix, value: /api}, methods: [POST], headers: [{name: x-tier, value: free}],
                      source: {principals: [cluster.local/ns/shop/*], namespaces: [shop], ipBlocks: [10.0.0.0/8]}},
              countBy: [{type: SourceIdentity}, {type: Header, header: x-user}], limit: {requests: 100, per: 1m, burst: 20}}]}
            """, out _)[Catalog]);
        Assert.Equal(("per-caller", 80, 100, TimeSpan.FromMinutes(1), 20), (rule.Name, rule.Port, rule.Requests, rule.Period, rule.Burst));
        Assert.Equal([new RateLimitKey(RateLimitKeyKind.SourceIdentity), new RateLimitKey(RateLimitKeyKind.Header, "x-user")], rule.Keys);
        Assert.True(Counts(rule));
        Assert.False(Counts(rule, method: "GET"));
        Assert.False(Counts(rule, path: "/apis"));
        Assert.False(Counts(rule, tier: "paid"));
        Assert.False(Counts(rule, principal: "cluster.local/ns/other/sa/web"));
        Assert.False(Counts(rule, ns: "other"));
        Assert.False(Counts(rule, address: "192.0.2.1"));
        Assert.False(Counts(rule, port: 81));
    }

    [Fact]
    public void Policy_ThatSaysLittle_CountsAllRequests()
    {
        var rule = Assert.Single(Translate("{targetRefs: [{kind: Service, name: catalog}], rules: [{name: all, limit: {requests: 5, per: 1s}}]}", out _)[Catalog]);
        Assert.Equal((0, 5), (rule.Port, rule.Burst));
        Assert.True(Counts(rule, method: "GET", path: "/", tier: null, principal: "x", ns: "y", address: "::1", port: 9));
    }

    [Theory]
    [InlineData("", RateLimitScope.Node)]
    [InlineData("scope: Node, ", RateLimitScope.Node)]
    [InlineData("scope: Mesh, ", RateLimitScope.Mesh)]
    public void Policy_WithAScope_CountsByIt(string scope, RateLimitScope expected)
    {
        var rule = Assert.Single(Translate($"{{targetRefs: [{{kind: Service, name: catalog}}], rules: [{{name: all, {scope}limit: {{requests: 5, per: 1s}}}}]}}", out _)[Catalog]);
        Assert.Equal(expected, rule.Scope);
    }

    [Fact]
    public void Policy_ForAServiceThatIsNotThere_SaysSo()
    {
        Assert.Empty(Translate("{targetRefs: [{kind: Service, name: gone}], rules: [{name: all, limit: {requests: 5, per: 1s}}]}", out var findings));
        Assert.Equal((FindingCodes.TargetNotFound, "spec.targetRefs[0].name"), (findings.Single().Code, findings.Single().Field));
    }

    [Fact]
    public void Policy_ForAPortThatIsNotThere_SaysSo()
    {
        var limits = Translate("{targetRefs: [{kind: Service, name: catalog, port: 81}, {kind: Service, name: catalog, port: 82}], rules: [{name: all, limit: {requests: 5, per: 1s}}]}", out var findings);
        Assert.Equal([81, 82], limits[Catalog].Select(r => r.Port));
        Assert.Equal((FindingCodes.TargetNotFound, "spec.targetRefs[1].port"), (findings.Single().Code, findings.Single().Field));
        Assert.Contains("it has 80, 81", findings.Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{targetRefs: [], rules: [{name: a, limit: {requests: 1, per: 1s}}]}", "spec.targetRefs")]
    [InlineData("{targetRefs: [{kind: Gateway, name: x}], rules: [{name: a, limit: {requests: 1, per: 1s}}]}", "spec.targetRefs[0].kind")]
    [InlineData("{targetRefs: [{kind: Service, group: apps, name: x}], rules: [{name: a, limit: {requests: 1, per: 1s}}]}", "spec.targetRefs[0].group")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: []}", "spec.rules")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, scope: mesh, limit: {requests: 1, per: 1s}}]}", "spec.rules[0].scope")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, limit: {requests: 0, per: 1s}}]}", "spec.rules[0].limit.requests")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, limit: {requests: 1, per: soon}}]}", "spec.rules[0].limit.per")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, limit: {requests: 1, per: 25h}}]}", "spec.rules[0].limit.per")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, limit: {requests: 1, per: 0s}}]}", "spec.rules[0].limit.per")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, limit: {requests: 1, per: 1s}}, {name: a, limit: {requests: 1, per: 1s}}]}", "spec.rules")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, countBy: [{type: Header}], limit: {requests: 1, per: 1s}}]}", "spec.rules[0].countBy[0].header")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, countBy: [{type: Path, header: x}], limit: {requests: 1, per: 1s}}]}", "spec.rules[0].countBy[0].header")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, match: {path: {value: api}}, limit: {requests: 1, per: 1s}}]}", "spec.rules[0].match.path.value")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, match: {path: {type: RegularExpression, value: '(?=a)'}}, limit: {requests: 1, per: 1s}}]}", "spec.rules[0].match.path.value")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, match: {source: {ipBlocks: [ten]}}, limit: {requests: 1, per: 1s}}]}", "spec.rules[0].match.source.ipBlocks[0]")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], rules: [{name: a, match: {source: {principals: ['a*b']}}, limit: {requests: 1, per: 1s}}]}", "spec.rules[0].match.source.principals[0]")]
    public void Policy_Wrong_IsRefusedAtItsField(string spec, string field)
    {
        var set = Read(spec);
        Assert.Contains(field, set.Errors.Select(e => e.Field));
    }

    private static Dictionary<NamespacedName, List<RateLimitRule>> Translate(string spec, out IReadOnlyList<Finding> findings)
    {
        var set = Read(spec);
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        var found = new RouteFindings();
        var limits = RateLimitTranslator.Translate(set.Documents, (ns, name) => (ns, name) == ("shop", "catalog") ? CatalogService : null, found);
        findings = found.All;
        return limits;
    }

    private static ManifestSet Read(string spec) =>
        ManifestReader.ReadText($"apiVersion: nodemesh.io/v1alpha1\nkind: RateLimitPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}", "in.yaml");

    private static bool Counts(
        RateLimitRule rule, string method = "POST", string path = "/api/items", string? tier = "free", string principal = "cluster.local/ns/shop/sa/web", string ns = "shop", string address = "10.1.2.3", int port = 80) =>
        rule.Counts(new Request(method, path, tier), port, principal, ns, IPAddress.Parse(address));

    private sealed record Request(string Method, string Path, string? Tier) : IRequestFacts
    {
        public string Scheme => "http";

        public string Authority => "catalog";

        public string? FindHeader(string name) => name == "x-tier" ? Tier : null;

        public string? FindQueryParameter(string name) => null;
    }
}
