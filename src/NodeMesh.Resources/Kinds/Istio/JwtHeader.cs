using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A header with a token.</summary>
public sealed record JwtHeader
{
    /// <summary>The header's name.</summary>
    [Length(1, 4096)]
    public required string Name { get; init; }

    /// <summary>What comes before the token.</summary>
    public string? Prefix { get; init; }
}
