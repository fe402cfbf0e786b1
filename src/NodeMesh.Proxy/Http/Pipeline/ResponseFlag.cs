namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>What was special about a response: Envoy's words, which people's dashboards and alerts know.</summary>
[Flags]
internal enum ResponseFlag
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>UF</c>: no connection to the endpoint.</summary>
    UpstreamConnectionFailure = 1 << 0,

    /// <summary><c>UC</c>: the endpoint closed the connection before its response was complete.</summary>
    UpstreamConnectionTermination = 1 << 1,

    /// <summary><c>UH</c>: no healthy endpoint.</summary>
    NoHealthyUpstream = 1 << 2,

    /// <summary><c>UO</c>: a limit of the circuit breaker.</summary>
    UpstreamOverflow = 1 << 3,

    /// <summary><c>UT</c>: the request's or the try's time was up.</summary>
    UpstreamRequestTimeout = 1 << 4,

    /// <summary><c>UR</c>: the endpoint reset the request.</summary>
    UpstreamRemoteReset = 1 << 5,

    /// <summary><c>UPE</c>: the endpoint's answer is not HTTP.</summary>
    UpstreamProtocolError = 1 << 6,

    /// <summary><c>URX</c>: the last of the allowed retries failed.</summary>
    UpstreamRetryLimitExceeded = 1 << 7,

    /// <summary><c>NR</c>: no route.</summary>
    NoRouteFound = 1 << 8,

    /// <summary><c>NC</c>: the route leads to a service that is not there.</summary>
    NoClusterFound = 1 << 9,

    /// <summary><c>RL</c>: rate limited.</summary>
    RateLimited = 1 << 10,

    /// <summary><c>FI</c>: aborted by an injected fault.</summary>
    FaultInjected = 1 << 11,

    /// <summary><c>DI</c>: delayed by an injected fault.</summary>
    DelayInjected = 1 << 12,

    /// <summary><c>DC</c>: the client went away.</summary>
    DownstreamConnectionTermination = 1 << 13,

    /// <summary><c>DPE</c>: the client's request is not HTTP.</summary>
    DownstreamProtocolError = 1 << 14,

    /// <summary><c>UAEX</c>: refused by a policy.</summary>
    Unauthorized = 1 << 15,
}
