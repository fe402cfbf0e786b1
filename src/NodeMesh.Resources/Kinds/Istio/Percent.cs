using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A share in percent, 0 to 100.</summary>
public sealed record Percent
{
    /// <summary>The share.</summary>
    [InRange(0, 100)]
    public double? Value { get; init; }
}
