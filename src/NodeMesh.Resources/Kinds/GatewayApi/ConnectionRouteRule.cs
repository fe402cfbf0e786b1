using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Where connections go.</summary>
public sealed record ConnectionRouteRule
{
    /// <summary>Unique in the route.</summary>
    [Length(1, 253)]
    [Matches(Patterns.SectionName, Patterns.SectionNameWords)]
    public string? Name { get; init; }

    /// <summary>The backends; each gets connections by its weight.</summary>
    [Count(1, 16)]
    public required ImmutableArray<BackendReference> BackendRefs { get; init; }
}
