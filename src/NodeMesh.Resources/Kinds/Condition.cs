using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A condition of a status.</summary>
[KnownFields("lastProbeTime", "observedGeneration", "lastUpdateTime", "lastHeartbeatTime")]
public sealed record Condition
{
    /// <summary>What it is about.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it holds.</summary>
    [OneOf("True", "False", "Unknown")]
    public required string Status { get; init; }

    /// <summary>A word for programs.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }
}
