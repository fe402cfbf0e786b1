using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which traffic.</summary>
public sealed record TelemetryMode
{
    /// <summary>At which end.</summary>
    [OneOf("CLIENT_AND_SERVER", "CLIENT", "SERVER")]
    public string? Mode { get; init; }
}
