using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a DaemonSet wants.</summary>
[KnownFields("minReadySeconds", "revisionHistoryLimit", "updateStrategy")]
public sealed record DaemonSetSpec
{
    /// <summary>Which pods are its own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>The pod.</summary>
    public required PodTemplateSpec Template { get; init; }
}
