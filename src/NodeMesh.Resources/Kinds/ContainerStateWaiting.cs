namespace NodeMesh.Resources.Kinds;

/// <summary>A waiting container.</summary>
public sealed record ContainerStateWaiting
{
    /// <summary>A word, such as CrashLoopBackOff.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence.</summary>
    public string? Message { get; init; }
}
