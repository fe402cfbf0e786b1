using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Keep-alive probes.</summary>
public sealed record TcpKeepalive
{
    /// <summary>Probes without answer that end a connection.</summary>
    [InRange(0, 2147483647)]
    public int? Probes { get; init; }

    /// <summary>Idle time before the first.</summary>
    [GoDuration]
    public string? Time { get; init; }

    /// <summary>Time between two.</summary>
    [GoDuration]
    public string? Interval { get; init; }
}
