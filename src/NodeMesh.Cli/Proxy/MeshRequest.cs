namespace NodeMesh.Cli.Proxy;

/// <summary>One question.</summary>
/// <param name="Method">GET to ask, POST to tell.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Body">JSON; null for none.</param>
internal sealed record MeshRequest(HttpMethod Method, string Path, string? Body = null)
{
    /// <summary>Asks.</summary>
    /// <param name="path">Path and query.</param>
    public static MeshRequest Get(string path) => new(HttpMethod.Get, path);

    /// <summary>Tells.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="body">JSON; null for none.</param>
    public static MeshRequest Post(string path, string? body = null) => new(HttpMethod.Post, path, body);
}
