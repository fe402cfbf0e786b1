namespace NodeMesh.Resources.Kinds;

/// <summary>A DaemonSet.</summary>
public sealed record DaemonSetResource : Resource
{
    /// <summary>What is wanted.</summary>
    public required DaemonSetSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public WorkloadControllerStatus? Status { get; init; }
}
