namespace NodeMesh.Resources.Kinds;

/// <summary>A key as a file.</summary>
public sealed record KeyToPath
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The file's path inside the volume.</summary>
    public required string Path { get; init; }

    /// <summary>Mode bits.</summary>
    public int? Mode { get; init; }
}
