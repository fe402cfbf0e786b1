using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Conditions, all of which must hold.</summary>
public sealed record HttpRouteMatch
{
    /// <summary>The path; any when missing.</summary>
    public HttpPathMatch? Path { get; init; }

    /// <summary>Headers that a request must have, all of them.</summary>
    [Count(0, 16)]
    [UniqueBy("name")]
    public ImmutableArray<HttpHeaderMatch> Headers { get; init; } = [];

    /// <summary>Query parameters.</summary>
    [Count(0, 16)]
    [UniqueBy("name")]
    public ImmutableArray<HttpQueryParamMatch> QueryParams { get; init; } = [];

    /// <summary>The method.</summary>
    [OneOf("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")]
    public string? Method { get; init; }
}
