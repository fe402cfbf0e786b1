using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Tests.Translation;

/// <summary>The conditions of the Gateway API's routes for Services, in the specification's words.</summary>
public sealed class RouteConditionsTests
{
    private const string Services = """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: db, namespace: data}
        spec: {clusterIP: 10.96.0.2, selector: {app: db}, ports: [{port: 5432}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: open, namespace: data}
        spec: {clusterIP: 10.96.0.3, selector: {app: db}, ports: [{port: 80}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: g, namespace: data}
        spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: '', kind: Service, name: open}]}
        ---

        """;

    private const string Web = "{group: '', kind: Service, name: web}";
    private const string Good = "{backendRefs: [{name: web, port: 80}]}";

    [Theory]
    [InlineData(Web, Good, "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData("{group: '', kind: Service, name: web, port: 80}", Good, "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData("{group: '', kind: Service, name: web, sectionName: http}", Good, "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData("{group: '', kind: Service, name: gone}", Good, "Accepted=False/NoMatchingParent ResolvedRefs=True/ResolvedRefs")]
    [InlineData("{group: '', kind: Service, name: web, port: 81}", Good, "Accepted=False/NoMatchingParent ResolvedRefs=True/ResolvedRefs")]
    [InlineData("{group: '', kind: Service, name: web, sectionName: grpc}", Good, "Accepted=False/NoMatchingParent ResolvedRefs=True/ResolvedRefs")]
    [InlineData("{group: '', kind: Service, name: db, namespace: data}", Good, "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData(Web, "{backendRefs: [{name: gone, port: 80}]}", "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound")]
    [InlineData(Web, "{backendRefs: [{name: web, port: 81}]}", "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound")]
    [InlineData(Web, "{backendRefs: [{group: example.com, kind: Bucket, name: b}]}", "Accepted=True/Accepted ResolvedRefs=False/InvalidKind")]
    [InlineData(Web, "{backendRefs: [{name: db, namespace: data, port: 5432}]}", "Accepted=True/Accepted ResolvedRefs=False/RefNotPermitted")]
    [InlineData(Web, "{backendRefs: [{name: open, namespace: data, port: 80}]}", "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData(Web, "{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: gone, port: 80}}}], backendRefs: [{name: web, port: 80}]}", "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound")]
    [InlineData(Web, "{backendRefs: [{name: web, port: 80, filters: [{type: RequestMirror, requestMirror: {backendRef: {name: gone, port: 80}}}]}]}", "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound")]
    [InlineData(Web, "{backendRefs: [{name: web, port: 80, filters: [{type: RequestMirror, requestMirror: {backendRef: {name: web, port: 80}}}]}]}", "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData(Web, "{}", "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs")]
    [InlineData(Web, "{filters: [{type: ExtensionRef, extensionRef: {group: a.b, kind: C, name: d}}], backendRefs: [{name: web, port: 80}]}", "Accepted=False/UnsupportedValue ResolvedRefs=True/ResolvedRefs")]
    [InlineData(Web, "{filters: [{type: ExtensionRef, extensionRef: {group: a.b, kind: C, name: d}}], backendRefs: [{name: web, port: 80}]}, {matches: [{path: {value: /a}}], backendRefs: [{name: web, port: 80}]}",
        "Accepted=True/Accepted PartiallyInvalid=True/UnsupportedValue ResolvedRefs=True/ResolvedRefs")]
    public void HttpRoute_OfACase_HasTheConditions(string parent, string rules, string expected)
    {
        var status = Assert.Single(Parents("HTTPRoute", $"{{parentRefs: [{parent}], rules: [{rules}]}}"));

        Assert.Equal(expected, string.Join(' ', status.Conditions.Select(c => $"{c.Type}={c.Status}/{c.Reason}")));
        Assert.All(status.Conditions, c => Assert.NotEmpty(c.Message));
    }

    [Theory]
    [InlineData("GRPCRoute", "v1")]
    [InlineData("TCPRoute", "v1alpha2")]
    [InlineData("TLSRoute", "v1alpha2")]
    public void OtherRoutes_HaveThemToo(string kind, string version)
    {
        var status = Assert.Single(Parents(kind, $"{{{(kind == "TLSRoute" ? "hostnames: [a.example], " : "")}parentRefs: [{Web}], rules: [{{backendRefs: [{{name: gone, port: 80}}]}}]}}", version));

        Assert.True(status.Find("Accepted")!.Status);
        Assert.Equal((false, "BackendNotFound"), (status.Find("ResolvedRefs")!.Status, status.Find("ResolvedRefs")!.Reason));
        Assert.Contains("shop/gone", status.Find("ResolvedRefs")!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parents_ThatAreNotTheMeshs_AreLeftToOthers()
    {
        Assert.Empty(Parents("HTTPRoute", $"{{parentRefs: [{{name: gw}}], rules: [{Good}]}}"));
        Assert.Equal("web", Assert.Single(Parents("HTTPRoute", $"{{parentRefs: [{{name: gw}}, {Web}], rules: [{Good}]}}")).Parent.Name);
    }

    private static ImmutableArray<RouteParentStatus> Parents(string kind, string spec, string version = "v1")
    {
        var set = ManifestReader.ReadText($"{Services}apiVersion: gateway.networking.k8s.io/{version}\nkind: {kind}\nmetadata: {{name: r, namespace: shop}}\nspec: {spec}\n", "in.yaml");
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        return MeshTranslator.Translate(new MeshSettings(), set.Documents).RouteParents.GetValueOrDefault(new ResourceOrigin(kind, "shop", "r") { Group = "gateway.networking.k8s.io" }, []);
    }
}
