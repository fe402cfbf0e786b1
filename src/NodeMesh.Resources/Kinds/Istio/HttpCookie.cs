using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A cookie to hash.</summary>
public sealed record HttpCookie
{
    /// <summary>The cookie's name.</summary>
    public required string Name { get; init; }

    /// <summary>The path that it is valid for.</summary>
    public string? Path { get; init; }

    /// <summary>How long it lasts; made by the proxy where set.</summary>
    [GoDuration(ZeroAllowed = true)]
    public string? Ttl { get; init; }

    /// <summary>Attributes of one that the proxy makes.</summary>
    public ImmutableArray<HttpCookieAttribute> Attributes { get; init; } = [];
}
