namespace NodeMesh.Resources.Kinds;

/// <summary>A running container.</summary>
public sealed record ContainerStateRunning
{
    /// <summary>Since when.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}
