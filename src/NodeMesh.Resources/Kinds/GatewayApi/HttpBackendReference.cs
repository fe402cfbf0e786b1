using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A backend of HTTP requests.</summary>
public sealed record HttpBackendReference : BackendReference
{
    /// <summary>What is changed on the way to this backend.</summary>
    [Count(0, 16)]
    public ImmutableArray<HttpRouteFilter> Filters { get; init; } = [];
}
