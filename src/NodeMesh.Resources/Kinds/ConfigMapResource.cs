using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A ConfigMap.</summary>
public sealed record ConfigMapResource : Resource
{
    /// <summary>Text by key.</summary>
    public ImmutableDictionary<string, string> Data { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Bytes in base64 by key.</summary>
    public ImmutableDictionary<string, string> BinaryData { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Without effect here.</summary>
    public bool? Immutable { get; init; }
}
