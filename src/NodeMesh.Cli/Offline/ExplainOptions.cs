namespace NodeMesh.Cli.Offline;

/// <summary>What <c>nodemesh explain</c> answers, and how.</summary>
internal sealed record ExplainOptions
{
    /// <summary>Files and directories.</summary>
    public IReadOnlyCollection<string> Files { get; init; } = [];

    /// <summary>A MeshConfig.</summary>
    public string? MeshConfig { get; init; }

    /// <summary>The JSON array of requests.</summary>
    public string Requests { get; init; } = "[]";

    /// <summary>Whether to print JSON.</summary>
    public bool Json { get; init; }
}
