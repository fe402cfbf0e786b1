namespace NodeMesh.Resources.Kinds;

/// <summary>What a container does; one is set.</summary>
public sealed record ContainerState
{
    /// <summary>It runs.</summary>
    public ContainerStateRunning? Running { get; init; }

    /// <summary>It waits to start.</summary>
    public ContainerStateWaiting? Waiting { get; init; }

    /// <summary>It ended.</summary>
    public ContainerStateTerminated? Terminated { get; init; }
}
