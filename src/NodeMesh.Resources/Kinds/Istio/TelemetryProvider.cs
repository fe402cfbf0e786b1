using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Names a provider of the mesh config.</summary>
public sealed record TelemetryProvider
{
    /// <summary>Its name.</summary>
    [Length(1, 4096)]
    public required string Name { get; init; }
}
