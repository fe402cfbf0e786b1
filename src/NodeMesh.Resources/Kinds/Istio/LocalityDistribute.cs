using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Shares for the clients of a place.</summary>
public sealed record LocalityDistribute
{
    /// <summary>The clients' place, as region/zone/subzone with *.</summary>
    public string? From { get; init; }

    /// <summary>Shares by place; they add up to 100.</summary>
    public ImmutableDictionary<string, int> To { get; init; } = ImmutableDictionary<string, int>.Empty;
}
