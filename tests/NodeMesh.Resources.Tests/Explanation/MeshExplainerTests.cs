using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Tests.Explanation;

public sealed class MeshExplainerTests
{
    private const string Shop = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: plain}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: empty, namespace: shop}
        spec: {selector: {app: nobody}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: old, namespace: plain}
        spec: {selector: {app: old}, ports: [{port: 80}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: c}]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: cart, namespace: shop}
        spec:
          selector: {matchLabels: {app: cart}}
          template: {metadata: {labels: {app: cart}}, spec: {serviceAccountName: cart, containers: [{name: c}]}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: old, namespace: plain, labels: {app: old}}
        spec: {containers: [{name: c}]}
        ---

        """;

    private const string FromCart = """ "from": {"namespace": "shop", "pod": "cart"}""";
    private const string ToWeb = """ "to": {"host": "web", "port": 80}""";

    [Theory]
    [InlineData(FromCart, """ "to": {"host": "web", "port": 80}""", "web")]
    [InlineData(FromCart, """ "to": {"host": "WEB.shop", "port": 80}""", "web")]
    [InlineData(FromCart, """ "to": {"host": "web.shop.svc.cluster.local.", "port": 80}""", "web")]
    [InlineData(FromCart, """ "to": {"host": "web"}""", "web")]
    [InlineData(""" "from": {"namespace": "plain"}""", """ "to": {"host": "web", "port": 80}""", null)]
    [InlineData(FromCart, """ "to": {"host": "example.com", "port": 443}""", null)]
    public void Host_IsFoundAsAResolverSearches(string from, string to, string? service)
    {
        var answer = Explain("", $"{from}, {to}");

        Assert.Equal(service, answer.Service?.Name);
        Assert.Equal(service is null ? "passthrough" : "forward", answer.Action);
        Assert.Equal(service is null ? [] : [new ExplainBackend("web", "shop", 80, 1)], answer.Backends);
    }

    [Theory]
    [InlineData(FromCart, "hbone")]
    [InlineData(""" "from": {"namespace": "shop", "pod": "cart-5d4f6c7b8d-x2x9z"}""", "hbone")]
    [InlineData(""" "from": {"namespace": "shop", "labels": {"app": "cart"}}""", "hbone")]
    [InlineData(""" "from": {"namespace": "undeclared", "serviceAccount": "a"}""", "hbone")]
    [InlineData(""" "from": {"namespace": "plain", "serviceAccount": "a"}, "mtls": true""", "hbone")]
    [InlineData(""" "from": {"principal": "cluster.local/ns/x/sa/y"}""", "hbone")]
    [InlineData(""" "from": {"namespace": "shop", "pod": "cart", "principal": null}""", "plaintext")]
    [InlineData(""" "from": {"namespace": "shop", "pod": "cart"}, "mtls": false""", "plaintext")]
    [InlineData(""" "from": {"namespace": "plain", "serviceAccount": "a"}""", "plaintext")]
    [InlineData(""" "from": null""", "plaintext")]
    public void Transport_FollowsFromWhoAsks(string from, string transport)
    {
        var answer = Explain("", $"""{from}, "to": {TextOf("web.shop")}""");

        Assert.Equal(transport, answer.Transport);
        Assert.Equal("allow", answer.Verdict);
    }

    [Theory]
    [InlineData(FromCart, "allow", null, "cart", 1)]
    [InlineData(""" "from": {"namespace": "shop", "pod": "web"}""", "deny", "no-web", null, 0)]
    [InlineData(""" "from": {"namespace": "shop", "serviceAccount": "other"}""", "deny", null, null, null)]
    public void Policies_OfTheEndpointsDecide(string from, string verdict, string? deniedBy, string? allowedBy, int? rule)
    {
        var answer = Explain(
            Policy("cart", "ALLOW", "[{from: [{source: {namespaces: [nowhere]}}]}, {from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}], to: [{operation: {ports: ['8080']}}]}]")
            + Policy("no-web", "DENY", "[{from: [{source: {serviceAccounts: [web]}}]}]"),
            $"""{from}, {ToWeb}, "method": "GET" """);

        Assert.Equal((verdict, deniedBy, allowedBy), (answer.Verdict, answer.DeniedBy?.Resource.Name, answer.AllowedBy?.Resource.Name));
        Assert.Equal(rule, (answer.DeniedBy ?? answer.AllowedBy)?.Rule);
        Assert.Equal(verdict == "deny" ? ("error", 403) : ("forward", null), (answer.Action, answer.Status));
    }

    [Theory]
    [InlineData("books", "cluster.local/ns/live/sa/reader")]
    [InlineData("books-6b5f9d8c4", "cluster.local/ns/live/sa/reader")]
    [InlineData("books-6b5f9d8c4-x2x9z", "cluster.local/ns/live/sa/reader")]
    [InlineData("other", "cluster.local/ns/live/sa/default")]
    public void Client_OfARunningDeployment_IsFoundByAnyOfItsNames(string pod, string principal)
    {
        const string Running = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: books-6b5f9d8c4-x2x9z
              namespace: live
              labels: {app: books, pod-template-hash: 6b5f9d8c4}
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: books-6b5f9d8c4, uid: u, controller: true}]
            spec: {serviceAccountName: reader, containers: [{name: c}]}
            status: {podIP: 10.1.2.3, podIPs: [{ip: 10.1.2.3}]}
            ---

            """;

        var answer = Explain(Running, $$""" "from": {"namespace": "live", "pod": "{{pod}}"}, {{ToWeb.Replace("web", "web.shop", StringComparison.Ordinal)}}""");

        Assert.Contains($"The client is in the mesh and proves the identity {principal}.", answer.Why);
        Assert.Equal(pod == "other", answer.Why.Any(w => w.StartsWith("There is no pod", StringComparison.Ordinal)));
    }

    [Fact]
    public void Rule_IsNumberedAsWritten_ThoughOthersCanNeverMatch()
    {
        var policy = Policy("p", "ALLOW", "[{to: [{operation: {paths: [/a]}}]}, {from: [{source: {namespaces: [shop]}}]}]");

        var answer = Explain(policy, $"{FromCart}, {ToWeb}");

        Assert.Equal(1, answer.AllowedBy?.Rule);
        Assert.Contains(answer.Why, w => w.Contains("spec.rules[0].to[0].operation: paths", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"namespace": "shop", "labels": {"app": "web"}, "port": 8080}""", "deny")]
    [InlineData("""{"namespace": "shop", "labels": {"app": "web"}, "port": 8081}""", "allow")]
    [InlineData("""{"namespace": "shop", "labels": {"app": "cart"}, "port": 8080}""", "allow")]
    [InlineData("""{"namespace": "elsewhere", "labels": {"app": "web"}, "port": 8080}""", "allow")]
    public void Destination_IsJudgedByNamespaceLabelsAndPort(string destination, string verdict)
    {
        var policy = Policy("p", "DENY", "[{to: [{operation: {ports: ['8080']}}]}]");

        Assert.Equal(verdict, Explain(policy, $"""{FromCart}, "destination": {destination}""").Verdict);
    }

    [Theory]
    [InlineData("STRICT", null, "STRICT", "deny")]
    [InlineData("PERMISSIVE", null, "PERMISSIVE", "allow")]
    [InlineData("PERMISSIVE", "{8080: {mode: STRICT}}", "STRICT", "deny")]
    [InlineData("STRICT", "{8080: {mode: DISABLE}}", "DISABLE", "allow")]
    public void PeerAuthentication_IsNamedWithItsMode(string mode, string? ports, string expected, string verdict)
    {
        var level = ports is null ? "" : $", portLevelMtls: {ports}";
        var answer = Explain(
            $"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{name: pa, namespace: shop}}\nspec: {{selector: {{matchLabels: {{app: web}}}}, mtls: {{mode: {mode}}}{level}}}\n---\n",
            $""" "from": null, "to": {TextOf("web.shop")}""");

        Assert.Equal((expected, "pa"), (answer.PeerAuthentication?.Mode, answer.PeerAuthentication?.SetBy?.Name));
        Assert.Equal(verdict, answer.Verdict);
        Assert.Equal(verdict == "deny" ? "PeerAuthentication" : null, answer.DeniedBy?.Resource.Kind);
    }

    [Fact]
    public void DisabledMutualTls_LeavesTheIdentityBehind()
    {
        var answer = Explain(
            "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: pa, namespace: shop}\nspec: {mtls: {mode: DISABLE}}\n---\n" + Policy("p", "ALLOW", "[{from: [{source: {namespaces: [shop]}}]}]"),
            $"{FromCart}, {ToWeb}");

        Assert.Equal(("plaintext", "deny"), (answer.Transport, answer.Verdict));
    }

    [Fact]
    public void Custom_IsRefusedUnlessDenyDecides()
    {
        var custom = Policy("ask", "CUSTOM, provider: {name: authz}", "[{to: [{operation: {ports: ['8080']}}]}]");

        var asked = Explain(custom, $"{FromCart}, {ToWeb}");
        var denied = Explain(custom + Policy("z", "DENY", "[{}]"), $"{FromCart}, {ToWeb}");

        Assert.Equal(("custom", "error", "ask"), (asked.Verdict, asked.Action, asked.DeniedBy?.Resource.Name));
        Assert.Equal(("deny", "z"), (denied.Verdict, denied.DeniedBy?.Resource.Name));
    }

    [Fact]
    public void DryRuns_AreListedWhetherTheyMatchOrNot()
    {
        const string Annotation = ", annotations: {istio.io/dry-run: 'true'}";
        var answer = Explain(
            Policy("hit", "DENY", "[{}]", Annotation) + Policy("miss", "DENY", "[{from: [{source: {namespaces: [x]}}]}]", Annotation), $"{FromCart}, {ToWeb}");

        Assert.Equal("allow", answer.Verdict);
        Assert.Equal([new ExplainDryRun("shop", "hit", "DENY", true), new ExplainDryRun("shop", "miss", "DENY", false)], answer.DryRuns.OrderBy(d => d.Name));
    }

    [Theory]
    [InlineData("empty", 80, 503)]
    [InlineData("web", 99, 503)]
    public void Service_ThatCannotAnswer_IsAnError(string host, int port, int status)
    {
        var answer = Explain("", $$"""{{FromCart}}, "to": {"host": "{{host}}", "port": {{port}}}, "method": "GET" """);

        Assert.Equal(("error", status, null), (answer.Action, answer.Status, answer.Verdict));
        Assert.Equal(host, answer.Service?.Name);
    }

    [Fact]
    public void PodThatIsNotReady_TakesNothing()
    {
        const string Pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: n, namespace: shop, labels: {app: nobody}}\nspec: {containers: [{name: c}]}\nstatus: {conditions: [{type: Ready, status: 'False'}]}\n---\n";

        Assert.Equal("error", Explain(Pod, $"""{FromCart}, "to": {TextOf("empty")}""").Action);
        Assert.Equal("forward", Explain(Pod.Replace("'False'", "'True'", StringComparison.Ordinal), $"""{FromCart}, "to": {TextOf("empty")}""").Action);
    }

    [Fact]
    public void WorkloadOutsideTheMesh_AsksNobody()
    {
        var answer = Explain(Policy("p", "DENY", "[{}]").Replace("shop", "plain", StringComparison.Ordinal), $"""{FromCart}, "to": {TextOf("old.plain")}""");

        Assert.Equal(("forward", "plaintext", null), (answer.Action, answer.Transport, answer.Verdict));
    }

    [Fact]
    public void RegistryOnly_RefusesWhatIsUnknown()
    {
        var answer = Explain("", $"""{FromCart}, "to": {TextOf("example.com")}, "protocol": "tls" """, registryOnly: true);

        Assert.Equal(("error", null), (answer.Action, answer.Status));
    }

    [Theory]
    [InlineData(""" "gateway": "a/b", "to": {"host": "web"}""", "gateway")]
    [InlineData(""" "from": null""", "to")]
    [InlineData(""" "from": {"ip": "x"}, "to": {"host": "web"}""", "from.ip")]
    [InlineData(""" "from": {"principal": "x"}, "to": {"host": "web"}""", "from.principal")]
    [InlineData(""" "to": {"host": "web", "port": 70000}""", "to.port")]
    [InlineData(""" "protocol": "udp", "to": {"host": "web"}""", "protocol")]
    [InlineData(""" "mtls": "yes", "to": {"host": "web"}""", "mtls")]
    [InlineData(""" "headers": {"a": {}}, "to": {"host": "web"}""", "headers.a")]
    [InlineData(""" "destination": {"labels": {"app": "web"}}""", "destination.namespace")]
    public void Request_ThatCannotBeAnswered_NamesItsField(string request, string field)
    {
        var error = Assert.Throws<ExplainException>(() => Explain("", request));

        Assert.StartsWith($"{field}:", error.Message, StringComparison.Ordinal);
    }

    private static string TextOf(string host) => $$"""{"host": "{{host}}", "port": 80}""";

    private static string Policy(string name, string action, string rules, string annotations = "") =>
        $"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: {name}, namespace: shop{annotations}}}\n"
        + $"spec: {{selector: {{matchLabels: {{app: web}}}}, action: {action}, rules: {rules}}}\n---\n";

    private static ExplainAnswer Explain(string manifests, string request, bool registryOnly = false)
    {
        var set = ManifestReader.ReadText(Shop + manifests, "in.yaml");
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        var node = Assert.Single(ExplainRequestReader.ReadBatch($$"""[{"id": "r", {{request}}}]"""));
        return new MeshExplainer(new MeshSettings(), registryOnly, set.Documents, []).Explain(ExplainRequestReader.Read(node));
    }
}
