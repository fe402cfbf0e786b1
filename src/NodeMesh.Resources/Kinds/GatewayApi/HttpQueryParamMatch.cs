using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Matches a query parameter.</summary>
public sealed record HttpQueryParamMatch
{
    /// <summary>Exact when missing.</summary>
    [OneOf("Exact", "RegularExpression")]
    public string? Type { get; init; }

    /// <summary>The parameter's name, as written.</summary>
    [Length(1, 256)]
    [Matches(Patterns.HeaderName, Patterns.HeaderNameWords)]
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    [Length(1, 1024)]
    public required string Value { get; init; }
}
