using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A rule: from, to and when are ANDed; each is a list of alternatives.</summary>
public sealed record AuthorizationRule
{
    /// <summary>Sources; any when empty.</summary>
    public ImmutableArray<AuthorizationFrom> From { get; init; } = [];

    /// <summary>Operations; any when empty.</summary>
    public ImmutableArray<AuthorizationTo> To { get; init; } = [];

    /// <summary>Further conditions, all of which must hold.</summary>
    public ImmutableArray<AuthorizationCondition> When { get; init; } = [];
}
