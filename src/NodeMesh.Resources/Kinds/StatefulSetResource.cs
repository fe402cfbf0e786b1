namespace NodeMesh.Resources.Kinds;

/// <summary>A StatefulSet.</summary>
public sealed record StatefulSetResource : Resource
{
    /// <summary>What is wanted.</summary>
    public required StatefulSetSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public WorkloadControllerStatus? Status { get; init; }
}
