using System.Globalization;
using System.Text;
using NodeMesh.Control.Compilation;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Tests.Compilation;

public sealed class MeshCompilerTests
{
    private const string Policy = "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\nspec: {selector: {matchLabels: {app: a0}}, rules: [{from: [{source: {namespaces: [NS]}}]}]}\n---\n";

    private readonly MeshCompiler _compiler = new(new MeshSettings());

    [Fact]
    public void Compile_TheSameAgain_GivesTheSameMesh()
    {
        var first = Compile(Manifests(20) + Policy);

        Assert.Same(first, Compile(Manifests(20) + Policy));
    }

    [Fact]
    public void Compile_OneChange_KeepsEverythingElseByReference()
    {
        var first = Compile(Manifests(20) + Policy);

        var second = Compile(Manifests(20, changed: 7) + Policy);

        Assert.NotSame(first, second);
        Assert.Same(first.Services, second.Services);
        Assert.Same(first.Policies, second.Policies);
        Assert.Same(first.Placements, second.Placements);
        var changed = second.Workloads.Where(w => !ReferenceEquals(w.Value, first.Workloads[w.Key])).Select(w => w.Value.Name);
        Assert.Equal(["pod-7"], changed);
    }

    [Fact]
    public void Compile_ChangedPolicy_ReplacesItAlone()
    {
        var first = Compile(Manifests(3) + Policy);

        var second = Compile(Manifests(3) + Policy.Replace("NS", "other", StringComparison.Ordinal));

        Assert.Same(first.Workloads, second.Workloads);
        Assert.NotSame(first.Policies.Single().Value, second.Policies.Single().Value);
    }

    [Fact]
    public void Compile_TheSameNetworkPolicies_GivesTheSameMesh()
    {
        const string Network = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {matchLabels: {app: a1}}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {podSelector: {matchLabels: {app: APP}}}], ports: [{port: http}]}]}\n---\n";
        var first = Compile(Manifests(20) + Network);

        Assert.Same(first, Compile(Manifests(20) + Network));
        var changed = Compile(Manifests(20) + Network.Replace("10.1.0.0", "10.2.0.0", StringComparison.Ordinal));
        Assert.Same(first.Workloads, changed.Workloads);
        Assert.NotSame(first.NetworkPolicies.Single().Value, changed.NetworkPolicies.Single().Value);
    }

    [Fact]
    public void Compile_RemovedPod_LosesItAlone()
    {
        var first = Compile(Manifests(3));

        var second = Compile(Manifests(2));

        Assert.Equal(2, second.Workloads.Count);
        Assert.All(second.Workloads, w => Assert.Same(first.Workloads[w.Key], w.Value));
    }

    private static string Manifests(int pods, int changed = -1)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}\n---\n");
        for (var i = 0; i < 50; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: Service\nmetadata: {{name: s{i}, namespace: shop}}\nspec: {{clusterIP: 10.96.0.{i + 1}, selector: {{app: a{i}}}, ports: [{{port: 80, targetPort: http}}]}}\n---\n");
        }

        for (var i = 0; i < pods; i++)
        {
            var ready = i == changed ? "False" : "True";
            text.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: Pod\nmetadata: {{name: pod-{i}, namespace: shop, labels: {{app: a{i % 50}, version: v1}}}}\n");
            text.Append(CultureInfo.InvariantCulture, $"spec: {{nodeName: n{i % 4}, serviceAccountName: sa{i % 50}, containers: [{{name: c, ports: [{{name: http, containerPort: 8080}}]}}]}}\n");
            text.Append(CultureInfo.InvariantCulture, $"status: {{podIP: 10.244.{i / 250}.{(i % 250) + 1}, conditions: [{{type: Ready, status: '{ready}'}}]}}\n---\n");
        }

        return text.ToString();
    }

    private CompiledMesh Compile(string manifests)
    {
        var set = ManifestReader.ReadText(manifests, "in.yaml");
        Assert.Empty(set.Findings);
        return _compiler.Compile(set.Documents, set.Findings).Mesh;
    }
}
