namespace NodeMesh.EndToEnd;

/// <summary>A policy that is taken back when the test ends.</summary>
internal sealed class AppliedPolicy : IAsyncDisposable
{
    private readonly TestMesh _mesh;
    private readonly string _yaml;

    private AppliedPolicy(TestMesh mesh, string yaml) => (_mesh, _yaml) = (mesh, yaml);

    public static async Task<AppliedPolicy> ApplyAsync(TestMesh mesh, string yaml)
    {
        await mesh.ApplyAsync(yaml);
        return new AppliedPolicy(mesh, yaml);
    }

    public ValueTask DisposeAsync() => new(_mesh.DeleteAsync(_yaml));
}
