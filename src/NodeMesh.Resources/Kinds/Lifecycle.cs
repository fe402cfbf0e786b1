using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Hooks of a container.</summary>
[WithoutEffect("stopSignal", "is not served by nodemesh local")]
public sealed record Lifecycle
{
    /// <summary>Runs after the start.</summary>
    public LifecycleHandler? PostStart { get; init; }

    /// <summary>Runs before the stop.</summary>
    public LifecycleHandler? PreStop { get; init; }
}
