using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a Job wants.</summary>
[KnownFields("activeDeadlineSeconds", "podFailurePolicy", "successPolicy", "backoffLimitPerIndex", "maxFailedIndexes", "manualSelector", "ttlSecondsAfterFinished", "completionMode", "suspend", "podReplacementPolicy", "managedBy")]
public sealed record JobSpec
{
    /// <summary>How many pods at once; 1 when missing.</summary>
    public int? Parallelism { get; init; }

    /// <summary>How many must succeed; 1 when missing.</summary>
    public int? Completions { get; init; }

    /// <summary>How often a failing pod is retried; 6 when missing.</summary>
    public int? BackoffLimit { get; init; }

    /// <summary>Which pods are its own.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>The pod.</summary>
    public required PodTemplateSpec Template { get; init; }
}
