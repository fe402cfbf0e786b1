using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>How a container goes.</summary>
[KnownFields("allocatedResources", "allocatedResourcesStatus", "resources", "volumeMounts", "user", "stopSignal", "imageID")]
public sealed record ContainerStatus
{
    /// <summary>The container.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it passes its readiness probe.</summary>
    public bool? Ready { get; init; }

    /// <summary>Whether it passed its startup probe.</summary>
    public bool? Started { get; init; }

    /// <summary>How often it was restarted.</summary>
    public int? RestartCount { get; init; }

    /// <summary>Its image.</summary>
    public string? Image { get; init; }

    /// <summary>Its id; in nodemesh local process://PID.</summary>
    public string? ContainerID { get; init; }

    /// <summary>What it does now.</summary>
    public ContainerState? State { get; init; }

    /// <summary>What it did before.</summary>
    public ContainerState? LastState { get; init; }
}
