using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Answers cross-origin requests.</summary>
public sealed record CorsPolicy
{
    /// <summary>Origins; deprecated in favour of allowOrigins.</summary>
    public ImmutableArray<string> AllowOrigin { get; init; } = [];

    /// <summary>Origins that may ask, of which one.</summary>
    public ImmutableArray<StringMatch> AllowOrigins { get; init; } = [];

    /// <summary>Methods that they may use.</summary>
    public ImmutableArray<string> AllowMethods { get; init; } = [];

    /// <summary>Request headers.</summary>
    public ImmutableArray<string> AllowHeaders { get; init; } = [];

    /// <summary>Response headers that scripts may read.</summary>
    public ImmutableArray<string> ExposeHeaders { get; init; } = [];

    /// <summary>How long an answer may be kept.</summary>
    [GoDuration]
    public string? MaxAge { get; init; }

    /// <summary>Whether credentials may be sent.</summary>
    public bool? AllowCredentials { get; init; }

    /// <summary>What becomes of preflights of other origins.</summary>
    [OneOf("UNSPECIFIED", "FORWARD", "IGNORE")]
    public string? UnmatchedPreflights { get; init; }
}
