using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A check by gRPC's health service.</summary>
public sealed record WorkloadGrpcCheck
{
    /// <summary>The port.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }

    /// <summary>The service to ask for.</summary>
    public string? Service { get; init; }
}
