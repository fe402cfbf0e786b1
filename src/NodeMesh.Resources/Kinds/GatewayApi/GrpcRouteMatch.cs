using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Conditions, all of which must hold.</summary>
public sealed record GrpcRouteMatch
{
    /// <summary>Service and method; any when missing.</summary>
    public GrpcMethodMatch? Method { get; init; }

    /// <summary>Headers that a call must have, all of them.</summary>
    [Count(0, 16)]
    [UniqueBy("name")]
    public ImmutableArray<HttpHeaderMatch> Headers { get; init; } = [];
}
