using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;
using static NodeMesh.Resources.Tests.Translation.TestMesh;

namespace NodeMesh.Resources.Tests.Translation;

/// <summary>A policy that is broken and was never good closes what it selects, and nothing else.</summary>
public sealed class ClosedPolicyTests
{
    private const string Two = """
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: shop, labels: {app: db}}
        spec: {serviceAccountName: db, nodeName: n1, containers: [{name: c}]}
        status: {podIPs: [{ip: 10.0.0.3}], conditions: [{type: Ready, status: "True"}]}
        ---

        """;

    [Theory]
    [InlineData("{rules: [{from: [{source: {ipBlocks: [nowhere]}}]}]}", false, false)]
    [InlineData("{selector: {matchLabels: {app: web}}, rules: [{from: [{source: {ipBlocks: [nowhere]}}]}]}", false, true)]
    [InlineData("{selector: {matchLabels: {app: web}}, action: PERHAPS}", false, true)]
    [InlineData("{selector: {matchLabels: {app: web}}, action: DENY, rules: [{to: [{operation: {ports: [http]}}]}]}", false, true)]
    [InlineData("{selector: {matchLabels: [app]}, action: DENY}", false, false)]
    [InlineData("{selectr: {matchLabels: {app: web}}, action: DENY}", false, false)]
    [InlineData("{action: AUDIT, rules: [{from: [{source: {ipBlocks: [nowhere]}}]}]}", true, true)]
    public void AuthorizationPolicy_RefusesWhatItSelects(string spec, bool web, bool db)
    {
        var mesh = Close(Policy(spec));

        Assert.Equal((web, db, true), (mesh.Allows("shop/a"), mesh.Allows("shop/a", "shop/db"), mesh.Allows("shop/a", "other/far")));
    }

    [Fact]
    public void BrokenAllow_LeavesWhatOthersAllow()
    {
        var mesh = Close(
            Policy("{selector: {matchLabels: {app: web}}, rules: [{from: [{source: {ipBlocks: [nowhere]}}]}]}"),
            Policy("{rules: [{from: [{source: {namespaces: [good]}}]}]}", name: "other"));

        Assert.True(mesh.Allows("good/a"));
        Assert.False(mesh.Allows("shop/a"));
    }

    [Fact]
    public void DryRun_OnlyLogs()
    {
        var mesh = Close(Policy("{action: PERHAPS}", annotations: "{istio.io/dry-run: 'true'}"));
        Assert.True(mesh.Allows("shop/a"));
    }

    [Theory]
    [InlineData("{selector: {matchLabels: {app: web}}, mtls: {mode: SOMETIMES}}", false, true)]
    [InlineData("{selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}, portLevelMtls: {http: {mode: DISABLE}}}", false, true)]
    [InlineData("{mtls: {mode: SOMETIMES}}", false, false)]
    public void PeerAuthentication_CountsAsStrict(string spec, bool web, bool db)
    {
        var mesh = Close(Peers(spec));

        Assert.Equal((web, db), (mesh.Allows(null), mesh.Allows(null, "shop/db")));
        Assert.True(mesh.Allows("shop/a"));
    }

    [Theory]
    [InlineData("{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: nowhere}}]}]}", 1, 0, true, false)]
    [InlineData("{podSelector: {matchLabels: {app: web}}, ingress: [{form: []}]}", 1, 1, true, true)]
    [InlineData("{podSelector: {matchLabels: [app]}, policyTypes: [Egress], egress: [{}]}", 1, 1, false, true)]
    public void NetworkPolicy_LetsNothingPassInItsDirections(string spec, int web, int db, bool ingress, bool egress)
    {
        var mesh = Close($"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n---\n");

        Assert.Equal((web, db), (mesh.Workload().NetworkPolicies.Length, mesh.Workload("shop/db").NetworkPolicies.Length));
        var policy = Assert.Single(mesh.Result.Mesh.NetworkPolicies).Value;
        Assert.Equal((ingress, egress), (policy.Ingress is { IsEmpty: true }, policy.Egress is { IsEmpty: true }));
    }

    [Theory]
    [InlineData("{destination: {kind: ServiceAccount, name: web}, sources: []}", false, true)]
    [InlineData("{destination: {kind: ServiceAccount, name: web}}", false, true)]
    [InlineData("{destination: {kind: ServiceAccount, name: web, port: http}, sources: [{kind: ServiceAccount, name: a}]}", false, true)]
    [InlineData("{destination: {kind: ServiceAccount, name: web, namespace: other}, sources: [{kind: ServiceAccount, name: a}]}", false, true)]
    [InlineData("{destination: {kind: ServiceAccount, name: web}, sources: [{kind: ServiceAccount, name: a}], rules: [{kind: Anything, name: x}]}", false, true)]
    [InlineData("{destination: {kind: Group, name: web}, sources: [{kind: ServiceAccount, name: a}]}", false, false)]
    [InlineData("{destination: web, sources: [{kind: ServiceAccount, name: a}]}", false, false)]
    [InlineData("{destination: {kind: ServiceAccount}, sources: [{kind: ServiceAccount, name: a}]}", false, false)]
    [InlineData("{destinatoin: {kind: ServiceAccount, name: web}, sources: [{kind: ServiceAccount, name: a}]}", false, false)]
    [InlineData("web", false, false)]
    public void TrafficTarget_AllowsNothingToItsDestination(string spec, bool web, bool db)
    {
        var mesh = Close(Target(spec));

        Assert.Equal((web, db, true), (mesh.Allows("shop/a"), mesh.Allows("shop/a", "shop/db"), mesh.Allows("shop/a", "other/far")));
    }

    [Fact]
    public void BrokenTrafficTarget_LeavesWhatOthersAllow()
    {
        var mesh = Close(Target("{destination: {kind: ServiceAccount, name: web}, sources: [{kind: Somebody, name: a}]}"), Policy("{rules: [{from: [{source: {namespaces: [good]}}]}]}", name: "other"));

        Assert.True(mesh.Allows("good/a"));
        Assert.False(mesh.Allows("shop/a"));
    }

    [Fact]
    public void RequestAuthentication_NeedsNoClosedForm_ForWhatAsksForATokenIsClosedWithoutIt()
    {
        var (document, errors) = ReadBroken("apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: ra, namespace: shop}\nspec: {jwtRules: [{issuer: 7}]}");
        Assert.Null(ClosedPolicy.Of(document, errors));

        var mesh = new TestMesh(Shop + Two + Policy("{selector: {matchLabels: {app: web}}, rules: [{from: [{source: {requestPrincipals: ['*']}}]}]}"));
        Assert.Equal((false, true), (mesh.Allows("shop/a"), mesh.Allows("shop/a", "shop/db")));
    }

    [Fact]
    public void OtherKinds_HaveNoClosedForm()
    {
        var (document, errors) = ReadBroken("apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {ports: [{port: -1}]}");
        Assert.False(ClosedPolicy.Exists(document.Kind));
        Assert.Null(ClosedPolicy.Of(document, errors));
    }

    private static string Target(string spec) => $"apiVersion: access.smi-spec.io/v1alpha3\nkind: TrafficTarget\nmetadata: {{name: t, namespace: shop}}\nspec: {spec}\n---\n";

    private static (ManifestDocument Document, List<Finding> Errors) ReadBroken(string manifest)
    {
        var strict = ManifestReader.ReadText(manifest, "in.yaml");
        Assert.Empty(strict.Documents);
        return (Assert.Single(ManifestReader.ReadText(manifest, "in.yaml", ManifestOptions.Default with { KeepPartial = true }).Documents), [.. strict.Errors]);
    }

    private static TestMesh Close(string broken, string good = "")
    {
        var (document, errors) = ReadBroken(broken);
        var closed = ClosedPolicy.Of(document, errors);
        Assert.NotNull(closed?.Instead ?? (broken.Contains("AUDIT", StringComparison.Ordinal) ? "" : null));
        return new TestMesh(Shop + Two + good, more: closed);
    }
}
