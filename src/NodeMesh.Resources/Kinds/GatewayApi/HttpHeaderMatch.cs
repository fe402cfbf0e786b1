using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Matches a header.</summary>
public sealed record HttpHeaderMatch
{
    /// <summary>Exact when missing.</summary>
    [OneOf("Exact", "RegularExpression")]
    public string? Type { get; init; }

    /// <summary>Its name; case does not matter.</summary>
    [Length(1, 256)]
    [Matches(Patterns.HeaderName, Patterns.HeaderNameWords)]
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    [Length(1, 4096)]
    public required string Value { get; init; }
}
