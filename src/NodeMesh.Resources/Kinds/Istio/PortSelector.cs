using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Names a port.</summary>
public sealed record PortSelector
{
    /// <summary>Its number.</summary>
    [InRange(0, 65535)]
    public int? Number { get; init; }
}
