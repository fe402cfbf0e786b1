using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>What to do with calls that match.</summary>
public sealed record GrpcRouteRule
{
    /// <summary>Unique in the route.</summary>
    [Length(1, 253)]
    [Matches(Patterns.SectionName, Patterns.SectionNameWords)]
    public string? Name { get; init; }

    /// <summary>Alternatives; everything when missing.</summary>
    [Count(0, 64)]
    public ImmutableArray<GrpcRouteMatch> Matches { get; init; } = [];

    /// <summary>What is changed on the way.</summary>
    [Count(0, 16)]
    public ImmutableArray<GrpcRouteFilter> Filters { get; init; } = [];

    /// <summary>Where matching calls go.</summary>
    [Count(0, 16)]
    public ImmutableArray<GrpcBackendReference> BackendRefs { get; init; } = [];

    /// <summary>How a client stays with a backend.</summary>
    public SessionPersistence? SessionPersistence { get; init; }
}
