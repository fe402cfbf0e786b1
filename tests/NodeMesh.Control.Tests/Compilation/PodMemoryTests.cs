using System.Collections.Immutable;
using NodeMesh.Control.Compilation;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Tests.Compilation;

public sealed class PodMemoryTests
{
    private const int Changes = 150;
    private static readonly MeshSettings Settings = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Compile_AfterEachOfManyRandomChanges_IsWhatATranslationOfEverythingIs(int seed)
    {
        var manifests = new RandomManifests(seed);
        var compiler = new MeshCompiler(Settings);
        var groups = new NetworkGroupMemory();
        for (var i = 0; i < Changes; i++)
        {
            var change = manifests.Change();

            var compiled = compiler.Compile(manifests.Documents, []);

            var whole = MeshTranslator.Translate(Settings, manifests.Documents, groups);
            var where = $"seed {seed}, change {i}: {change}";
            AssertSame(whole.Mesh.Workloads, compiled.Mesh.Workloads, ModelEquality.Same, where);
            AssertSame(whole.Mesh.Services, compiled.Mesh.Services, ModelEquality.Same, where);
            AssertSame(whole.Mesh.Policies, compiled.Mesh.Policies, ModelEquality.Same, where);
            AssertSame(whole.Mesh.NetworkPolicies, compiled.Mesh.NetworkPolicies, ModelEquality.Same, where);
            AssertSame(whole.Mesh.Nodes, compiled.Mesh.Nodes, ModelEquality.Same, where);
            AssertSame(whole.Mesh.Routes, compiled.Mesh.Routes, static (a, b) => a == b, where);
            Assert.True(whole.Mesh.Placements.SetEquals(compiled.Mesh.Placements), where);
            Assert.Equal(whole.Findings.Select(f => f.ToString()), compiled.Findings.Select(f => f.ToString()));
            Assert.Equal(whole.PolicyOrigins.OrderBy(p => p.Key.ToString()), compiled.PolicyOrigins.OrderBy(p => p.Key.ToString()));
        }
    }

    [Fact]
    public void Translate_OnePodChanged_TranslatesNoOther()
    {
        var (groups, pods) = (new NetworkGroupMemory(), new PodMemory());
        var namespaces = Read("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}\n");
        var (first, second) = (Pod("one", 1, "True"), Pod("two", 2, "True"));
        var before = MeshTranslator.Translate(Settings, [namespaces, first, second], groups, pods).Mesh;

        var after = MeshTranslator.Translate(Settings, [namespaces, Pod("one", 1, "False"), second], groups, pods).Mesh;

        Assert.Equal(WorkloadHealth.Unhealthy, after.Workloads[Uid("one")].Health);
        Assert.Same(before.Workloads[Uid("two")], after.Workloads[Uid("two")]);
    }

    [Fact]
    public void Translate_AnotherPodTakesAnAddress_TranslatesThePodThatLostIt()
    {
        var (groups, pods) = (new NetworkGroupMemory(), new PodMemory());
        var old = Pod("one", 1, "True", "2026-01-01T00:00:00Z");
        MeshTranslator.Translate(Settings, [old], groups, pods);

        var after = MeshTranslator.Translate(Settings, [old, Pod("two", 1, "True", "2026-01-01T00:00:01Z")], groups, pods).Mesh;

        Assert.Equal([Uid("two")], after.Workloads.Keys);
    }

    private static string Uid(string name) => $"{Settings.ClusterId}//Pod/shop/{name}";

    private static ManifestDocument Pod(string name, int address, string ready, string created = "2026-01-01T00:00:00Z") => Read(
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, creationTimestamp: '{created}'}}\nspec: {{nodeName: n1, containers: [{{name: c}}]}}\n"
        + $"status: {{podIP: 10.244.0.{address}, conditions: [{{type: Ready, status: '{ready}'}}]}}\n");

    private static ManifestDocument Read(string text) => Assert.Single(ManifestReader.ReadText(text, "in.yaml").Documents);

    private static void AssertSame<TKey, TValue>(ImmutableDictionary<TKey, TValue> expected, ImmutableDictionary<TKey, TValue> actual, Func<TValue, TValue, bool> same, string where)
        where TKey : notnull
    {
        Assert.True(expected.Keys.ToHashSet().SetEquals(actual.Keys), $"{where}\nhas {string.Join(", ", actual.Keys)}, not {string.Join(", ", expected.Keys)}");
        Assert.All(expected, e => Assert.True(same(e.Value, actual[e.Key]), $"{where}\n{actual[e.Key]}\nnot {e.Value}"));
    }
}
