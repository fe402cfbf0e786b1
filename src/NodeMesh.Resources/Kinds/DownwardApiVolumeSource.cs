using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Files from fields of the pod.</summary>
public sealed record DownwardApiVolumeSource
{
    /// <summary>The files.</summary>
    public ImmutableArray<DownwardApiFile> Items { get; init; } = [];

    /// <summary>Mode bits.</summary>
    public int? DefaultMode { get; init; }
}
