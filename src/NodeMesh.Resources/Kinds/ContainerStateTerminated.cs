namespace NodeMesh.Resources.Kinds;

/// <summary>An ended container.</summary>
public sealed record ContainerStateTerminated
{
    /// <summary>Its exit code.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>A word, such as Error or Completed.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence.</summary>
    public string? Message { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Its id.</summary>
    public string? ContainerID { get; init; }
}
