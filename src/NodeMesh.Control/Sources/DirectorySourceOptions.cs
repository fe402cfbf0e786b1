using System.Collections.Immutable;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Sources;

/// <summary>Where a <see cref="DirectorySource"/> reads and writes.</summary>
public sealed record DirectorySourceOptions
{
    /// <summary>Directories of manifests, and single files. Directories are made when they are missing.</summary>
    public required ImmutableArray<string> Manifests { get; init; }

    /// <summary>Where the status of resources is written, one JSON file each; null: nowhere.</summary>
    public string? StatusDirectory { get; init; }

    /// <summary>The mesh.</summary>
    public MeshSettings Mesh { get; init; } = new();

    /// <summary>How long changes are gathered before they are read; 50 ms: well under what a person notices, and enough for one <c>apply</c>.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often everything is looked at again, in case a notification was lost or a file could not be read: the longest that a policy can go unseen; 5 s.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(5);
}
