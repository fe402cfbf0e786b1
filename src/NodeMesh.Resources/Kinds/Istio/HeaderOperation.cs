using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Changes headers.</summary>
public sealed record HeaderOperation
{
    /// <summary>Headers that replace those of the same name.</summary>
    public ImmutableDictionary<string, string> Set { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Headers that are added.</summary>
    public ImmutableDictionary<string, string> Add { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Headers that are removed.</summary>
    public ImmutableArray<string> Remove { get; init; } = [];
}
