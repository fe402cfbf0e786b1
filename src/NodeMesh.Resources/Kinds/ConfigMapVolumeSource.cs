using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Files from a ConfigMap.</summary>
public sealed record ConfigMapVolumeSource
{
    /// <summary>The ConfigMap.</summary>
    public string? Name { get; init; }

    /// <summary>Which keys; all when empty.</summary>
    public ImmutableArray<KeyToPath> Items { get; init; } = [];

    /// <summary>Mode bits of the files; 0644 when missing.</summary>
    public int? DefaultMode { get; init; }

    /// <summary>True when it may be missing.</summary>
    public bool? Optional { get; init; }
}
