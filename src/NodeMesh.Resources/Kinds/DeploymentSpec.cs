using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a Deployment wants.</summary>
[KnownFields("minReadySeconds", "revisionHistoryLimit", "paused", "progressDeadlineSeconds")]
public sealed record DeploymentSpec
{
    /// <summary>How many pods; 1 when missing.</summary>
    public int? Replicas { get; init; }

    /// <summary>Which pods are its own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>The pod.</summary>
    public required PodTemplateSpec Template { get; init; }

    /// <summary>How it rolls; without effect in nodemesh local.</summary>
    public ManifestNode? Strategy { get; init; }
}
