using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Several sources in one directory.</summary>
public sealed record ProjectedVolumeSource
{
    /// <summary>The sources.</summary>
    public ImmutableArray<VolumeProjection> Sources { get; init; } = [];

    /// <summary>Mode bits.</summary>
    public int? DefaultMode { get; init; }
}
