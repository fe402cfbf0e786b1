namespace NodeMesh.Resources.Kinds;

/// <summary>A path of the machine.</summary>
public sealed record HostPathVolumeSource
{
    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>What must be there.</summary>
    public string? Type { get; init; }
}
