using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A Maglev table.</summary>
public sealed record MaglevHash
{
    /// <summary>Its size, a prime number; 65537 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? TableSize { get; init; }
}
