namespace NodeMesh.Model.Traffic;

/// <summary>What a policy says of endpoints; null parts say nothing.</summary>
public sealed record TrafficSettings
{
    /// <summary>Nothing said.</summary>
    public static TrafficSettings Default { get; } = new();

    /// <summary>How an endpoint is chosen; null for the least loaded of two.</summary>
    public LoadBalancer? LoadBalancer { get; init; }

    /// <summary>Limits and time-outs of connections and requests.</summary>
    public ConnectionPool? ConnectionPool { get; init; }

    /// <summary>When an endpoint is left out for a while because of its answers.</summary>
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS towards endpoints outside the mesh; endpoints in the mesh have the tunnel's.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>How many requests may be retries.</summary>
    public RetryBudget? RetryBudget { get; init; }

    /// <summary>The version of the PROXY protocol that connections begin with: 1 or 2; 0 for none.</summary>
    public int ProxyProtocol { get; init; }

    /// <summary>What a ResiliencePolicy says; null for nothing.</summary>
    public ResilienceSettings? Resilience { get; init; }

    /// <summary>True when something is said for which requests have to be seen, where they can be.</summary>
    public bool ConcernsRequests => Resilience is { SeesRequests: true } || (Resilience is null ? this : this with { Resilience = null }) != Default;

    /// <summary>Fills what this leaves out.</summary>
    /// <param name="other">Where from.</param>
    /// <returns>The settings.</returns>
    public TrafficSettings Or(TrafficSettings other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new TrafficSettings
        {
            LoadBalancer = LoadBalancer ?? other.LoadBalancer,
            ConnectionPool = ConnectionPool ?? other.ConnectionPool,
            OutlierDetection = OutlierDetection ?? other.OutlierDetection,
            Tls = Tls ?? other.Tls,
            RetryBudget = RetryBudget ?? other.RetryBudget,
            ProxyProtocol = ProxyProtocol != 0 ? ProxyProtocol : other.ProxyProtocol,
            Resilience = Resilience ?? other.Resilience,
        };
    }

    /// <summary>Takes a port's own: all four parts that a port of a DestinationRule may say are the port's, those that it leaves out too.</summary>
    /// <param name="port">What the port says.</param>
    /// <returns>The settings.</returns>
    internal TrafficSettings OnPort(TrafficSettings port) => this with
    {
        LoadBalancer = port.LoadBalancer,
        ConnectionPool = port.ConnectionPool,
        OutlierDetection = port.OutlierDetection,
        Tls = port.Tls,
        Resilience = port.Resilience ?? Resilience,
    };
}
