using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>What a ReplicaSet wants.</summary>
[KnownFields("minReadySeconds")]
public sealed record ReplicaSetSpec
{
    /// <summary>How many pods; 1 when missing.</summary>
    public int? Replicas { get; init; }

    /// <summary>Which pods are its own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>The pod.</summary>
    public PodTemplateSpec? Template { get; init; }
}
