using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>An attribute of a cookie.</summary>
public sealed record HttpCookieAttribute
{
    /// <summary>The attribute's name.</summary>
    [Length(1, 4096)]
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    public string? Value { get; init; }
}
