namespace NodeMesh.Local.Tests.Meshes;

/// <summary>One cluster for all tests that only look at it, or that change only what is their own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal TestMesh Mesh { get; } = new("c");

    public async ValueTask InitializeAsync() => (await Mesh.UpAsync("-f", TestMesh.Manifest("cluster.yaml"), "--node-label", "node-2:disk=ssd")).Expect();

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
