using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Selects by labels; empty selects everything.</summary>
public sealed record LabelSelector
{
    /// <summary>Labels that must be equal.</summary>
    public ImmutableDictionary<string, string> MatchLabels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Requirements, all of which must hold.</summary>
    public ImmutableArray<LabelRequirement> MatchExpressions { get; init; } = [];
}
