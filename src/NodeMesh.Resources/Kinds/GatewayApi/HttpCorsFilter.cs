using System.Collections.Immutable;
using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Answers cross-origin requests.</summary>
public sealed record HttpCorsFilter
{
    /// <summary>Origins, such as https://example.com or *.</summary>
    [Count(0, 64)]
    [UniqueItems]
    [Length(1, 253)]
    [Matches(Patterns.CorsOrigin, Patterns.CorsOriginWords)]
    public ImmutableArray<string> AllowOrigins { get; init; } = [];

    /// <summary>Whether credentials may be sent.</summary>
    public bool? AllowCredentials { get; init; }

    /// <summary>Methods, or * alone.</summary>
    [Count(0, 9)]
    [UniqueItems]
    [OneOf("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*")]
    public ImmutableArray<string> AllowMethods { get; init; } = [];

    /// <summary>Request headers.</summary>
    [Count(0, 64)]
    [UniqueItems]
    [Length(1, 256)]
    [Matches(Patterns.HeaderName, Patterns.HeaderNameWords)]
    public ImmutableArray<string> AllowHeaders { get; init; } = [];

    /// <summary>Response headers that scripts may read.</summary>
    [Count(0, 64)]
    [UniqueItems]
    [Length(1, 256)]
    [Matches(Patterns.HeaderName, Patterns.HeaderNameWords)]
    public ImmutableArray<string> ExposeHeaders { get; init; } = [];

    /// <summary>Seconds that an answer may be kept.</summary>
    [InRange(1, 2147483647)]
    [DefaultValue(5)]
    public int? MaxAge { get; init; }
}
