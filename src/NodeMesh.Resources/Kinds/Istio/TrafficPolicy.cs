using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Policies for traffic.</summary>
public sealed record TrafficPolicy
{
    /// <summary>How an endpoint is chosen.</summary>
    public LoadBalancerSettings? LoadBalancer { get; init; }

    /// <summary>Limits on connections and requests.</summary>
    public ConnectionPoolSettings? ConnectionPool { get; init; }

    /// <summary>When an endpoint is left out for a while.</summary>
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS to the destination.</summary>
    public ClientTlsSettings? Tls { get; init; }

    /// <summary>For single ports, instead.</summary>
    [Count(0, 256)] // As DestinationRuleSpec.Subsets: this list is in each of them.
    public ImmutableArray<PortTrafficPolicy> PortLevelSettings { get; init; } = [];

    /// <summary>Tunnels connections through the destination.</summary>
    public TunnelSettings? Tunnel { get; init; }

    /// <summary>Announces the client's address.</summary>
    public ProxyProtocolSettings? ProxyProtocol { get; init; }

    /// <summary>How many retries there may be at once.</summary>
    public RetryBudget? RetryBudget { get; init; }
}
