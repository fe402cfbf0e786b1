using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>How a controller of pods goes.</summary>
[KnownFields("collisionCount", "unavailableReplicas", "terminatingReplicas", "fullyLabeledReplicas", "currentRevision", "updateRevision", "currentReplicas")]
public sealed record WorkloadControllerStatus
{
    /// <summary>The generation that it has seen.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Pods.</summary>
    public int? Replicas { get; init; }

    /// <summary>Ready pods.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>Available pods.</summary>
    public int? AvailableReplicas { get; init; }

    /// <summary>Pods of the newest template.</summary>
    public int? UpdatedReplicas { get; init; }

    /// <summary>Nodes that run the pod (DaemonSet).</summary>
    public int? CurrentNumberScheduled { get; init; }

    /// <summary>Nodes that should (DaemonSet).</summary>
    public int? DesiredNumberScheduled { get; init; }

    /// <summary>Nodes with a ready pod (DaemonSet).</summary>
    public int? NumberReady { get; init; }

    /// <summary>Nodes with an available pod (DaemonSet).</summary>
    public int? NumberAvailable { get; init; }

    /// <summary>Nodes that should not run it (DaemonSet).</summary>
    public int? NumberMisscheduled { get; init; }

    /// <summary>Nodes with the newest template (DaemonSet).</summary>
    public int? UpdatedNumberScheduled { get; init; }

    /// <summary>Nodes without an available pod (DaemonSet).</summary>
    public int? NumberUnavailable { get; init; }

    /// <summary>Conditions.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];
}
