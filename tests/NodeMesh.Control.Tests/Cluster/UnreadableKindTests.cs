using NodeMesh.Control.Sources;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>Kinds that the API server lets nobody read in the version that we would, on a real API server.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class UnreadableKindTests(ClusterFixture cluster)
{
    private const string Istio = "networking.istio.io";
    private const string Access = "access.smi-spec.io";
    private const string Plain = """{"strategy":"None"}""";

    /// <summary>Nobody listens there: the API server answers with an error whenever an object has to be converted.</summary>
    private const string Broken = """{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"url":"https://127.0.0.1:1/convert"}}}""";

    [Fact]
    public async Task KindThatMovedAndCannotBeListed_StaysAsItWas_AndHoldsUpNothing()
    {
        var ns = await cluster.NamespaceAsync();
        try
        {
            await EntriesAsync(Plain, ("v1beta1", true));
            await cluster.ApplyAsync(Entry(ns, "v1beta1", "before.example.com"));
            await using var follower = new MeshFollower(cluster.Cluster);
            await follower.UntilAsync(m => Knows(m, ns, "before.example.com"), "the entry is in the model");

            await EntriesAsync(Broken, ("v1beta1", false), ("v1", true));
            await Eventually.TrueAsync(() => Troubles(follower).Any(t => t.Contains("serviceentries.networking.istio.io cannot be read as v1, and stay", StringComparison.Ordinal)), "it is said that the entries stay");
            await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.20.1"));
            await follower.UntilAsync(_ => follower.Pod(ns, "a") is not null, "other kinds are followed");
            Assert.True(Knows(follower.Mesh!, ns, "before.example.com"));

            // One that starts now has nothing to keep.
            await using var late = new MeshFollower(cluster.Cluster);
            await late.UntilAsync(_ => late.Pod(ns, "a") is not null, "a control plane that starts goes on without the kind");
            Assert.Contains(Troubles(late), t => t.Contains("serviceentries.networking.istio.io cannot be read, and the mesh goes on without them", StringComparison.Ordinal));
            Assert.False(Knows(late.Mesh!, ns, "before.example.com"));

            await EntriesAsync(Plain, ("v1beta1", false), ("v1", true));
            await cluster.ApplyAsync(Entry(ns, "v1", "after.example.com"));
            await follower.UntilAsync(m => Knows(m, ns, "after.example.com"), "the entries are followed in their new version");
            await late.UntilAsync(m => Knows(m, ns, "after.example.com"), "and picked up by who went without them");
            await Eventually.TrueAsync(() => Troubles(follower).Count + Troubles(late).Count == 0, "nothing is wrong any more");
        }
        finally
        {
            await EntriesAsync(Plain, ("v1beta1", false), ("v1", true));
            await cluster.DeleteAsync("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, "serviceentries.networking.istio.io");
        }
    }

    [Fact]
    public async Task SecurityKindServedInAVersionThatIsNotRead_StaysInEffect_AndKeepsANewControlPlaneWaiting()
    {
        var ns = await cluster.NamespaceAsync();
        var key = new NamespacedName(ns, "smi_traffic_target_t");
        await TargetsAsync(("v1alpha3", true));
        try
        {
            await cluster.ApplyAsync($$$$"""
                {"apiVersion":"{{{{Access}}}}/v1alpha3","kind":"TrafficTarget","metadata":{"name":"t","namespace":"{{{{ns}}}}"},
                 "spec":{"destination":{"kind":"ServiceAccount","name":"db"},"sources":[{"kind":"ServiceAccount","name":"web"}]}}
                """);
            await using var follower = new MeshFollower(cluster.Cluster);
            await follower.UntilAsync(m => m.Policies.ContainsKey(key), "the target is in the model");

            await TargetsAsync(("v1alpha3", false), ("v9", true));
            await Eventually.TrueAsync(() => Troubles(follower).Any(t => t.Contains("traffictargets.access.smi-spec.io are served as v9 alone, and stay", StringComparison.Ordinal)), "it is said that the targets stay");
            Assert.True(follower.Mesh!.Policies.ContainsKey(key));

            await using var late = new MeshFollower(cluster.Cluster);
            await Eventually.TrueAsync(() => ((IObservableSource)late.Source).Obstacle is not null, "a control plane that starts waits, and says for what");
            Assert.Contains("traffictargets.access.smi-spec.io are served as v9 alone, and the mesh is not served without them", ((IObservableSource)late.Source).Obstacle, StringComparison.Ordinal);
            Assert.Null(late.Mesh);

            await TargetsAsync(("v1alpha3", true), ("v9", true));
            await late.UntilAsync(m => m.Policies.ContainsKey(key), "it goes on once the kind is served as it reads it");
            await Eventually.TrueAsync(() => Troubles(follower).Count + Troubles(late).Count == 0, "nothing is wrong any more");
            Assert.True(follower.Mesh!.Policies.ContainsKey(key));

            await DropTargetsAsync();
            await follower.UntilAsync(m => !m.Policies.ContainsKey(key), "the target is gone with its definition");
        }
        finally
        {
            await DropTargetsAsync();
        }
    }

    private static IReadOnlyList<string> Troubles(MeshFollower follower) => ((IObservableSource)follower.Source).Troubles;

    private static bool Knows(CompiledMesh mesh, string ns, string host) => mesh.Services.Values.Any(s => s.Namespace == ns && s.Hostname == host);

    private static string Entry(string ns, string version, string host) => $$$$"""
        {"apiVersion":"{{{{Istio}}}}/{{{{version}}}}","kind":"ServiceEntry","metadata":{"name":"e","namespace":"{{{{ns}}}}"},
         "spec":{"hosts":["{{{{host}}}}"],"addresses":["192.0.2.77"],"ports":[{"number":80,"name":"http","protocol":"HTTP"}],"resolution":"STATIC","endpoints":[{"address":"192.0.2.78"}]}}
        """;

    private Task EntriesAsync(string conversion, params (string Name, bool Served)[] versions) => cluster.DefineVersionsAsync(Istio, "ServiceEntry", "serviceentries", conversion, versions);

    private Task TargetsAsync(params (string Name, bool Served)[] versions) => cluster.DefineVersionsAsync(Access, "TrafficTarget", "traffictargets", Plain, versions);

    private async Task DropTargetsAsync()
    {
        var definitions = cluster.Admin.Resources(Kubernetes.KubernetesKinds.CustomResourceDefinitions);
        await definitions.DeleteIfExistsAsync("traffictargets.access.smi-spec.io", null, Eventually.Limit);
        await Eventually.TrueAsync(async () => await definitions.FindAsync("traffictargets.access.smi-spec.io") is null, "the definition is gone");
    }
}
