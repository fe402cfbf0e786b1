using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A further condition.</summary>
public sealed record AuthorizationCondition
{
    /// <summary>The attribute.</summary>
    public required string Key { get; init; }

    /// <summary>Values, one of which must match.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>Values, none of which may match.</summary>
    public ImmutableArray<string> NotValues { get; init; } = [];
}
