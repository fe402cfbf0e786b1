namespace NodeMesh.EndToEnd;

/// <summary>One mesh for the tests that leave it as they found it.</summary>
public sealed class SharedMesh : IAsyncLifetime
{
    internal TestMesh Mesh { get; private set; } = null!;

    /// <summary>A server that no manifest knows, outside every node: the mesh's external world.</summary>
    internal ExternalServer External { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Mesh = await TestMesh.UpAsync(TestMesh.Prefix, "pods.yaml");
        External = await ExternalServer.StartAsync(Mesh);
    }

    public async ValueTask DisposeAsync()
    {
        External?.Dispose();
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }
    }
}
