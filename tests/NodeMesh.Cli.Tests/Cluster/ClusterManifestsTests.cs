using System.Text.Json.Nodes;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Tests.Check;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Tests.Cluster;

/// <summary>What <c>analyze</c> reads of a cluster.</summary>
public sealed class ClusterManifestsTests
{
    [Fact]
    public async Task UserOfOneNamespace_ReadsThatNamespace_AndIsToldOfTheOthers()
    {
        var cluster = Serving().Forbid("/api/v1/services").Add("/api/v1/namespaces/shop/services", Service("shop"));

        var read = await cluster.AskAsync(c => ClusterManifests.ReadAsync(c, "shop", TestContext.Current.CancellationToken));

        Assert.Contains(read.Unread, u => u.Contains("services of other namespaces than shop cannot be read", StringComparison.Ordinal));
        Assert.Equal("web", Assert.Single(read.Under([], new ManifestOptions()).Documents).Name);
    }

    [Fact]
    public async Task UserOfOneNamespace_WhoNamesNone_IsToldWhatIsMissing()
    {
        var read = await Serving().Forbid("/api/v1/services").AskAsync(c => ClusterManifests.ReadAsync(c, null, TestContext.Current.CancellationToken));

        Assert.Contains(read.Unread, u => u.StartsWith("services cannot be read", StringComparison.Ordinal));
        Assert.Empty(read.Under([], new ManifestOptions()).Documents);
    }

    [Fact]
    public async Task File_StandsForTheClustersResourceOfItsName()
    {
        using var file = new TemporaryFile("""
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop, labels: {from: file}}
            spec: {ports: [{port: 81}]}
            """);
        var read = await Serving().Add("/api/v1/services", Service("shop")).Add("/api/v1/services", Service("other")).AskAsync(c => ClusterManifests.ReadAsync(c, null, TestContext.Current.CancellationToken));

        var documents = read.Under([file.Path], new ManifestOptions()).Documents;

        Assert.Equal(["other", "shop"], documents.Select(d => d.Namespace).Order(StringComparer.Ordinal));
        Assert.Equal("file", documents.Single(d => d.Namespace == "shop").Labels["from"]);
    }

    private static FakeCluster Serving() => new FakeCluster()
        .Object("/api", new JsonObject { ["versions"] = new JsonArray("v1") })
        .Object("/apis", new JsonObject { ["groups"] = new JsonArray() })
        .Object("/api/v1", new JsonObject
        {
            ["groupVersion"] = "v1",
            ["resources"] = new JsonArray(new JsonObject
            {
                ["name"] = "services",
                ["kind"] = "Service",
                ["namespaced"] = true,
                ["verbs"] = new JsonArray("list", "watch", "get"),
            }),
        });

    private static JsonObject Service(string ns) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = ns },
        ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) },
    };

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"nmt-{Guid.NewGuid():N}.yaml");

        public void Dispose() => File.Delete(Path);
    }
}
