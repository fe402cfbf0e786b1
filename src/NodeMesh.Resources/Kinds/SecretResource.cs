using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A Secret.</summary>
public sealed record SecretResource : Resource
{
    /// <summary>Its type.</summary>
    public string? Type { get; init; }

    /// <summary>Bytes in base64 by key.</summary>
    public ImmutableDictionary<string, string> Data { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Text by key; wins over data.</summary>
    public ImmutableDictionary<string, string> StringData { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Without effect here.</summary>
    public bool? Immutable { get; init; }
}
