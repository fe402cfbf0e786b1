using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A header with its value.</summary>
public sealed record HttpHeaderValue
{
    /// <summary>Its name; case does not matter.</summary>
    [Length(1, 256)]
    [Matches(Patterns.HeaderName, Patterns.HeaderNameWords)]
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    [Length(1, 4096)]
    public required string Value { get; init; }
}
