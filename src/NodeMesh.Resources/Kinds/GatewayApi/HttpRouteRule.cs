using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>What to do with requests that match.</summary>
public sealed record HttpRouteRule
{
    /// <summary>Unique in the route.</summary>
    [Length(1, 253)]
    [Matches(Patterns.SectionName, Patterns.SectionNameWords)]
    public string? Name { get; init; }

    /// <summary>Alternatives; everything when missing.</summary>
    [Count(0, 64)]
    public ImmutableArray<HttpRouteMatch> Matches { get; init; } = [];

    /// <summary>What is changed on the way.</summary>
    [Count(0, 16)]
    public ImmutableArray<HttpRouteFilter> Filters { get; init; } = [];

    /// <summary>Where matching requests go.</summary>
    [Count(0, 16)]
    public ImmutableArray<HttpBackendReference> BackendRefs { get; init; } = [];

    /// <summary>How long things may take.</summary>
    public HttpRouteTimeouts? Timeouts { get; init; }

    /// <summary>Which failed requests are tried again.</summary>
    public HttpRouteRetry? Retry { get; init; }

    /// <summary>How a client stays with a backend.</summary>
    public SessionPersistence? SessionPersistence { get; init; }
}
