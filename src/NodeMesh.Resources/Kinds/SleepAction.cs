namespace NodeMesh.Resources.Kinds;

/// <summary>A wait.</summary>
public sealed record SleepAction
{
    /// <summary>How long, in seconds.</summary>
    public required long Seconds { get; init; }
}
