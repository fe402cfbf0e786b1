namespace NodeMesh.Resources.Kinds;

/// <summary>A header.</summary>
public sealed record HttpHeader
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    public required string Value { get; init; }
}
