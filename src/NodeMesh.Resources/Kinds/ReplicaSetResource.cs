namespace NodeMesh.Resources.Kinds;

/// <summary>A ReplicaSet.</summary>
public sealed record ReplicaSetResource : Resource
{
    /// <summary>What is wanted.</summary>
    public required ReplicaSetSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public WorkloadControllerStatus? Status { get; init; }
}
