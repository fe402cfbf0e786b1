using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Limits on requests.</summary>
public sealed record HttpPoolSettings
{
    /// <summary>Requests that wait for a connection.</summary>
    public int? Http1MaxPendingRequests { get; init; }

    /// <summary>Requests at once.</summary>
    public int? Http2MaxRequests { get; init; }

    /// <summary>Requests of one connection; 1 switches keep-alive off.</summary>
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary>Retries at once.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>When an idle connection ends.</summary>
    [GoDuration]
    public string? IdleTimeout { get; init; }

    /// <summary>Whether HTTP/1.1 becomes HTTP/2.</summary>
    [OneOf("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE")]
    public string? H2UpgradePolicy { get; init; }

    /// <summary>Whether the client's protocol is kept.</summary>
    public bool? UseClientProtocol { get; init; }

    /// <summary>Streams of one HTTP/2 connection.</summary>
    public int? MaxConcurrentStreams { get; init; }

    /// <summary>Pings on HTTP/2 connections.</summary>
    public Http2KeepAlive? Http2KeepAlive { get; init; }
}
