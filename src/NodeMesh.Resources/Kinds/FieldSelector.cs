namespace NodeMesh.Resources.Kinds;

/// <summary>A field of the pod.</summary>
public sealed record FieldSelector
{
    /// <summary>v1.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The path, such as metadata.name or status.podIP.</summary>
    public required string FieldPath { get; init; }
}
