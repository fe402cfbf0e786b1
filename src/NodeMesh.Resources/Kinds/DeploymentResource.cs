namespace NodeMesh.Resources.Kinds;

/// <summary>A Deployment.</summary>
public sealed record DeploymentResource : Resource
{
    /// <summary>What is wanted.</summary>
    public required DeploymentSpec Spec { get; init; }

    /// <summary>How it goes.</summary>
    public WorkloadControllerStatus? Status { get; init; }
}
