using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Limits on connections.</summary>
public sealed record TcpPoolSettings
{
    /// <summary>Connections at once.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How long connecting may take; 10s when missing.</summary>
    [GoDuration]
    public string? ConnectTimeout { get; init; }

    /// <summary>Keep-alive probes.</summary>
    public TcpKeepalive? TcpKeepalive { get; init; }

    /// <summary>How long a connection may last.</summary>
    [GoDuration]
    public string? MaxConnectionDuration { get; init; }

    /// <summary>When an idle connection ends; 1h when missing.</summary>
    [GoDuration]
    public string? IdleTimeout { get; init; }
}
