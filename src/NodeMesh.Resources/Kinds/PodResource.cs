namespace NodeMesh.Resources.Kinds;

/// <summary>A Pod.</summary>
public sealed record PodResource : Resource
{
    /// <summary>What runs.</summary>
    public required PodSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public PodStatus? Status { get; init; }
}
