using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a StatefulSet wants.</summary>
[KnownFields("minReadySeconds", "revisionHistoryLimit", "podManagementPolicy", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "ordinals")]
[WithoutEffect("volumeClaimTemplates", "is not served by nodemesh local")]
public sealed record StatefulSetSpec
{
    /// <summary>How many pods; 1 when missing.</summary>
    public int? Replicas { get; init; }

    /// <summary>Which pods are its own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>The pod.</summary>
    public required PodTemplateSpec Template { get; init; }

    /// <summary>The headless service that names its pods.</summary>
    public string? ServiceName { get; init; }
}
