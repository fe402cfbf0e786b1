namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Policies for traffic to one port.</summary>
public sealed record PortTrafficPolicy
{
    /// <summary>The service's port that it is for.</summary>
    public PortSelector? Port { get; init; }

    /// <summary>How an endpoint is chosen.</summary>
    public LoadBalancerSettings? LoadBalancer { get; init; }

    /// <summary>Limits on connections and requests.</summary>
    public ConnectionPoolSettings? ConnectionPool { get; init; }

    /// <summary>When an endpoint is left out for a while.</summary>
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS to the destination.</summary>
    public ClientTlsSettings? Tls { get; init; }
}
