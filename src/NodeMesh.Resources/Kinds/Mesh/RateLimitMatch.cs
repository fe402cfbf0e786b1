using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>Which requests count: those for which all of it holds.</summary>
public sealed record RateLimitMatch
{
    /// <summary>The path.</summary>
    public HttpPathMatch? Path { get; init; }

    /// <summary>Methods, of which one.</summary>
    [Count(0, 16)]
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Headers, all of them.</summary>
    [Count(0, 16)]
    public ImmutableArray<HttpHeaderMatch> Headers { get; init; } = [];

    /// <summary>Clients, of which one.</summary>
    public RateLimitSource? Source { get; init; }
}
