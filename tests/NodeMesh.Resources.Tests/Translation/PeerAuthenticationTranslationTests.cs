using NodeMesh.Model;
using NodeMesh.Resources.Validation;
using static NodeMesh.Resources.Tests.Translation.TestMesh;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class PeerAuthenticationTranslationTests
{
    private const string Modes = "UNSET DISABLE PERMISSIVE STRICT";

    // Every combination of mesh, namespace, workload and port mode, against the rule in one line: the narrowest that is set decides.
    public static TheoryData<string, string, string, string> Matrix()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var mesh in Modes.Split(' '))
        {
            foreach (var ns in Modes.Split(' '))
            {
                foreach (var workload in Modes.Split(' '))
                {
                    foreach (var port in Modes.Split(' '))
                    {
                        data.Add(mesh, ns, workload, port);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Modes_NarrowestDecides_OnEachPort(string mesh, string ns, string workload, string port)
    {
        var test = new TestMesh(Shop
            + Peers($"{{mtls: {{mode: {mesh}}}}}", ns: "istio-system")
            + Peers($"{{mtls: {{mode: {ns}}}}}")
            + Peers($"{{selector: {{matchLabels: {{app: web}}}}, mtls: {{mode: {workload}}}, portLevelMtls: {{'8080': {{mode: {port}}}}}}}", "w"));
        var onOthers = new[] { workload, ns, mesh }.FirstOrDefault(m => m != "UNSET") ?? "PERMISSIVE";
        var onPort = port == "UNSET" ? onOthers : port;
        var farMode = mesh == "UNSET" ? "PERMISSIVE" : mesh;

        Assert.Equal(onPort != "STRICT", test.Allows(null, port: 8080));
        Assert.Equal(onOthers != "STRICT", test.Allows(null, port: 9090));
        Assert.Equal(farMode != "STRICT", test.Allows(null, "other/far"));
        Assert.True(test.Allows("shop/a", port: 8080));
        Assert.True(test.Allows("shop/a", port: 9090));
        var plain = onOthers == "DISABLE" && onPort != "STRICT";
        Assert.Equal(plain ? TunnelProtocol.None : TunnelProtocol.Hbone, test.Workload().TunnelProtocol);
        Assert.Equal(farMode == "DISABLE" ? TunnelProtocol.None : TunnelProtocol.Hbone, test.Workload("other/far").TunnelProtocol);
    }

    [Fact]
    public void Nothing_IsPermissive()
    {
        var mesh = new TestMesh(Shop);

        Assert.True(mesh.Allows(null));
        Assert.Empty(mesh.Result.Mesh.Policies);
        Assert.Empty(mesh.Workload().AuthorizationPolicies);
    }

    [Fact]
    public void Strict_IsTheBuiltInPolicyOfTheRootNamespace()
    {
        var mesh = new TestMesh(Shop + Peers("{mtls: {mode: STRICT}}"));

        var key = new NamespacedName("istio-system", "istio_converted_static_strict");
        Assert.Equal([key], mesh.Workload().AuthorizationPolicies);
        Assert.Empty(mesh.Workload("other/far").AuthorizationPolicies);
        Assert.Equal(PolicyScope.WorkloadSelector, mesh.Result.Mesh.Policies[key].Scope);
        Assert.Equal(PolicyAction.Deny, mesh.Result.Mesh.Policies[key].Action);
        Assert.Equal("PeerAuthentication shop/default", mesh.Result.PolicyOrigins[key].ToString());
    }

    [Fact]
    public void PortLevel_PermissiveOverStrict_OpensThatPortOnly()
    {
        var mesh = new TestMesh(Shop + Peers("{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {'8080': {mode: PERMISSIVE}, '9091': {mode: STRICT}}}", "w"));

        Assert.Equal([new NamespacedName("shop", "converted_peer_authentication_w")], mesh.Workload().AuthorizationPolicies);
        Assert.True(mesh.Allows(null, port: 8080));
        Assert.False(mesh.Allows(null, port: 9091));
        Assert.False(mesh.Allows(null, port: 1));
    }

    [Fact]
    public void SeveralOfOneScope_OldestWins()
    {
        var mesh = new TestMesh(Shop
            + Peers("{mtls: {mode: STRICT}}", "a", created: "2026-02-01T00:00:00Z")
            + Peers("{mtls: {mode: PERMISSIVE}}", "b", created: "2026-01-01T00:00:00Z"));

        Assert.True(mesh.Allows(null));
        var finding = Assert.Single(mesh.Result.Findings);
        Assert.Equal((FindingCodes.Overridden, "a"), (finding.Code, finding.Resource!.Name));
    }

    [Fact]
    public void SeveralOfOneAge_FirstNameWins() =>
        Assert.False(new TestMesh(Shop + Peers("{mtls: {mode: PERMISSIVE}}", "b") + Peers("{mtls: {mode: STRICT}}", "a")).Allows(null));

    [Fact]
    public void SeveralSelectors_OldestWinsAndTheOtherIsReported()
    {
        var mesh = new TestMesh(Shop
            + Peers("{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}", "new", created: "2026-02-01T00:00:00Z")
            + Peers("{selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}}", "old"));

        Assert.True(mesh.Allows(null));
        Assert.Equal([FindingCodes.Overridden], mesh.Codes);
    }

    [Fact]
    public void RootNamespaceSelector_ReachesAllNamespaces_AndInheritsInEach()
    {
        var mesh = new TestMesh(Shop
            + Peers("{mtls: {mode: STRICT}}")
            + Peers("{selector: {matchLabels: {app: web}}, portLevelMtls: {'8080': {mode: PERMISSIVE}, '9090': {mode: STRICT}}}", "r", "istio-system"));

        Assert.True(mesh.Allows(null, port: 8080));
        Assert.False(mesh.Allows(null, port: 1));
        Assert.True(mesh.Allows(null, "other/far", 1));
        Assert.False(mesh.Allows(null, "other/far", 9090));
    }

    [Theory]
    [InlineData("{selector: {matchLabels: {app: db}}, mtls: {mode: STRICT}}", FindingCodes.SelectorMatchesNothing)]
    [InlineData("{selector: {matchLabels: {app: web}}, portLevelMtls: {'81': {mode: STRICT}}}", FindingCodes.PortNotServed)]
    [InlineData("{selector: {matchLabels: {app: web}}, portLevelMtls: {'8080': {mode: DISABLE}}}", FindingCodes.NoEffect)]
    [InlineData("{selector: {matchLabels: {app: web}}, mtls: {mode: DISABLE}, portLevelMtls: {'8080': {mode: STRICT}}}", FindingCodes.NoEffect)]
    public void WithoutEffect_IsReported(string spec, string code) => Assert.Equal([code], new TestMesh(Shop + Peers(spec, "w")).Codes);
}
