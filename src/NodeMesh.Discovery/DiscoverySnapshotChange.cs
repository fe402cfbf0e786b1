using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>What changed between two snapshots; the first one holds everything.</summary>
/// <param name="Types">The types that changed.</param>
public sealed record DiscoverySnapshotChange(ImmutableArray<DiscoveryTypeChange> Types)
{
    /// <summary>True when nothing changed.</summary>
    public bool IsEmpty => Types.All(t => t.Upserts.IsEmpty && t.Removals.IsEmpty);
}
