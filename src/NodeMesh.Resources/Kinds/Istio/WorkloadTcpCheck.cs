using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A check by a connection.</summary>
public sealed record WorkloadTcpCheck
{
    /// <summary>The host.</summary>
    public string? Host { get; init; }

    /// <summary>The port.</summary>
    [InRange(1, 65535)]
    public required int Port { get; init; }
}
