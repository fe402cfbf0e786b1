using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A port.</summary>
public sealed record WasmPort
{
    /// <summary>Its number.</summary>
    [InRange(1, 65535)]
    public required int Number { get; init; }
}
