namespace NodeMesh.Resources.Kinds;

/// <summary>A pod to be made by a controller.</summary>
public sealed record PodTemplateSpec
{
    /// <summary>Labels and annotations of the pods.</summary>
    public PodTemplateMetadata? Metadata { get; init; }

    /// <summary>What runs.</summary>
    public required PodSpec Spec { get; init; }
}
