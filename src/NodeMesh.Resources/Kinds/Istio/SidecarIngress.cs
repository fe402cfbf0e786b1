using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A listener for what comes in.</summary>
public sealed record SidecarIngress
{
    /// <summary>Its port.</summary>
    public required SidecarPort Port { get; init; }

    /// <summary>Its address.</summary>
    public string? Bind { get; init; }

    /// <summary>How traffic gets to it.</summary>
    [OneOf("DEFAULT", "IPTABLES", "NONE")]
    public string? CaptureMode { get; init; }

    /// <summary>Where the application listens.</summary>
    public string? DefaultEndpoint { get; init; }

    /// <summary>TLS.</summary>
    public ServerTlsSettings? Tls { get; init; }

    /// <summary>Limits on connections and requests.</summary>
    public ConnectionPoolSettings? ConnectionPool { get; init; }
}
