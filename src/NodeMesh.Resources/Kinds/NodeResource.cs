namespace NodeMesh.Resources.Kinds;

/// <summary>A Node.</summary>
public sealed record NodeResource : Resource
{
    /// <summary>What is asked of it.</summary>
    public NodeSpec? Spec { get; init; }

    /// <summary>What it is.</summary>
    public NodeStatus? Status { get; init; }
}
