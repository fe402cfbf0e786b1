namespace NodeMesh.Kubernetes.Pods;

/// <summary>Which lines of a log.</summary>
public sealed record PodLogOptions
{
    /// <summary>The container; needed where a pod has several.</summary>
    public string? Container { get; init; }

    /// <summary>Goes on as lines come.</summary>
    public bool Follow { get; init; }

    /// <summary>The container's run before the last restart.</summary>
    public bool Previous { get; init; }

    /// <summary>The last so many lines.</summary>
    public long? TailLines { get; init; }

    /// <summary>The lines of the last so long.</summary>
    public TimeSpan? Since { get; init; }

    /// <summary>Each line begins with its time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>At most so many bytes.</summary>
    public long? LimitBytes { get; init; }
}
