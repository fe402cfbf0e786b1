using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which tokens of an issuer are good.</summary>
public sealed record JwtRule
{
    /// <summary>The issuer.</summary>
    [Length(1, 4096)]
    public required string Issuer { get; init; }

    /// <summary>Audiences, one of which a token must name; any when missing.</summary>
    [Length(1, 4096)]
    public ImmutableArray<string> Audiences { get; init; } = [];

    /// <summary>Where the keys are.</summary>
    [Length(1, 2048)]
    public string? JwksUri { get; init; }

    /// <summary>The issuer's keys, as JSON.</summary>
    public string? Jwks { get; init; }

    /// <summary>Headers with the token; Authorization: Bearer when missing.</summary>
    public ImmutableArray<JwtHeader> FromHeaders { get; init; } = [];

    /// <summary>Query parameters with the token.</summary>
    [Length(1, 4096)]
    public ImmutableArray<string> FromParams { get; init; } = [];

    /// <summary>Cookies with the token.</summary>
    [Length(1, 4096)]
    public ImmutableArray<string> FromCookies { get; init; } = [];

    /// <summary>A header that gets the token's payload.</summary>
    public string? OutputPayloadToHeader { get; init; }

    /// <summary>Whether the token goes on to the application.</summary>
    public bool? ForwardOriginalToken { get; init; }

    /// <summary>Headers that get claims.</summary>
    public ImmutableArray<ClaimToHeader> OutputClaimToHeaders { get; init; } = [];

    /// <summary>How long fetching keys may take; 5s when missing.</summary>
    [GoDuration]
    public string? Timeout { get; init; }

    /// <summary>Claims that are lists separated by spaces.</summary>
    [Count(0, 64)]
    [Length(1, 4096)]
    public ImmutableArray<string> SpaceDelimitedClaims { get; init; } = [];

    /// <summary>Whether a request may come without a token.</summary>
    [OneOf("OPTIONAL", "REQUIRED")]
    public string? Presence { get; init; }
}
