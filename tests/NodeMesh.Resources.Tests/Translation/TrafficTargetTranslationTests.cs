using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class TrafficTargetTranslationTests
{
    private const string Routes = """
        apiVersion: specs.smi-spec.io/v1alpha4
        kind: TCPRoute
        metadata: {name: ports, namespace: shop}
        spec: {matches: {ports: [8080, 8081]}}
        ---
        apiVersion: specs.smi-spec.io/v1alpha4
        kind: HTTPRouteGroup
        metadata: {name: reads, namespace: shop}
        spec: {matches: [{name: get, methods: [GET]}]}
        ---

        """;

    [Fact]
    public void Sources_AreAllowed_AndNobodyElse()
    {
        var mesh = Target("{destination: {kind: ServiceAccount, name: web}, sources: [{kind: ServiceAccount, name: client}, {kind: ServiceAccount, name: far, namespace: other}]}");

        Assert.True(mesh.Allows("shop/client"));
        Assert.True(mesh.Allows("other/far"));
        Assert.False(mesh.Allows("other/client"));
        Assert.False(mesh.Allows(null));
        Assert.True(mesh.Allows("any/body", pod: "other/far"));
    }

    [Fact]
    public void Ports_OfDestinationAndTcpRoute_BothCount()
    {
        var mesh = Target("{destination: {kind: ServiceAccount, name: web, port: 8080}, sources: [{kind: ServiceAccount, name: client}], rules: [{kind: TCPRoute, name: ports}]}");

        Assert.True(mesh.Allows("shop/client", port: 8080));
        Assert.False(mesh.Allows("shop/client", port: 8081));
        Assert.False(mesh.Allows("shop/client", port: 9090));
    }

    [Fact]
    public void Ports_OfDestinationAndTcpRoute_ThatHaveNoneInCommon_AllowNothingAndAreReported()
    {
        var mesh = Target("{destination: {kind: ServiceAccount, name: web, port: 9090}, sources: [{kind: ServiceAccount, name: client}], rules: [{kind: TCPRoute, name: ports}]}");

        Assert.False(mesh.Allows("shop/client", port: 8080));
        Assert.False(mesh.Allows("shop/client", port: 9090));
        Assert.Contains(mesh.Result.Findings, f => (f.Code, f.Field) == (FindingCodes.RuleNeverMatches, "spec.rules[0]"));
    }

    [Fact]
    public void TcpRoute_LimitsPorts()
    {
        var mesh = Target("{destination: {kind: ServiceAccount, name: web}, sources: [{kind: ServiceAccount, name: client}], rules: [{kind: TCPRoute, name: ports}]}");

        Assert.True(mesh.Allows("shop/client", port: 8081));
        Assert.False(mesh.Allows("shop/client", port: 9090));
    }

    [Theory]
    [InlineData("{kind: HTTPRouteGroup, name: reads, matches: [get]}", FindingCodes.RequestLevelRule)]
    [InlineData("{kind: TCPRoute, name: missing}", FindingCodes.TargetNotFound)]
    public void RuleThatCannotBeDecided_AllowsNothingAndIsReported(string rule, string code)
    {
        var mesh = Target($"{{destination: {{kind: ServiceAccount, name: web}}, sources: [{{kind: ServiceAccount, name: client}}], rules: [{rule}]}}");

        Assert.False(mesh.Allows("shop/client"));
        Assert.Contains(mesh.Result.Findings, f => f.Code == code && f.Field.StartsWith("spec.rules[0]", StringComparison.Ordinal));
        Assert.NotEmpty(mesh.Result.NotEnforced);
    }

    private static TestMesh Target(string spec) => new(TestMesh.Shop + Routes + $"""
        apiVersion: access.smi-spec.io/v1alpha3
        kind: TrafficTarget
        metadata: {"{"}name: target, namespace: shop{"}"}
        spec: {spec}
        """);
}
