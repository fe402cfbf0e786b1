using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A hash ring.</summary>
public sealed record RingHash
{
    /// <summary>The least number of places; 1024 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? MinimumRingSize { get; init; }
}
