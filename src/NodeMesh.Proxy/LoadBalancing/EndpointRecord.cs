namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>How an endpoint has behaved: what <see cref="Resilience.OutlierDetector"/> counts, and nobody else changes.</summary>
internal sealed class EndpointRecord
{
    /// <summary>Statuses 5xx in a row.</summary>
    public int Consecutive5xx;

    /// <summary>Statuses 502, 503 and 504 in a row.</summary>
    public int ConsecutiveGatewayErrors;

    /// <summary>Failures of the connection in a row.</summary>
    public int ConsecutiveLocalFailures;

    /// <summary>Tries in the interval of success rates that runs, where those are looked at.</summary>
    public int Tries;

    /// <summary>How many of them had a good answer.</summary>
    public int Successes;

    /// <summary>How often it was ejected, less one for each good interval.</summary>
    public int Ejections;

    /// <summary>When it was ejected last, as a time stamp.</summary>
    public long EjectedAt;

    /// <summary>How long that lasts.</summary>
    public TimeSpan EjectedFor;
}
