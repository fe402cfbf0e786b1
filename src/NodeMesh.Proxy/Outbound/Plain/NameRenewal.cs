namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>A question for a name that all connections of a pod share which need it meanwhile.</summary>
internal sealed class NameRenewal
{
    /// <summary>True when the one before it failed, so that nobody should wait for this one who has an old answer.</summary>
    public required bool IsRepeated { get; init; }

    /// <summary>When it is over; never fails.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>The answer, once it is over; null where there is none.</summary>
    public NameAnswer? Answer { get; set; }

    /// <summary>Why there is no answer.</summary>
    public Exception? Error { get; set; }

    /// <summary>When it failed; null while it is under way.</summary>
    public DateTimeOffset? FailedAt { get; set; }
}
