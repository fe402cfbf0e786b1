using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Selects workloads by labels.</summary>
public sealed record ServiceEntrySelector
{
    /// <summary>Labels that must be equal.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
