namespace NodeMesh.Model.Routing;

/// <summary>When a request is tried again; the names are those of Envoy's <c>retry_on</c>.</summary>
[Flags]
public enum RetryConditions
{
    /// <summary>Never by condition; the codes of <see cref="RetryPolicy.Codes"/> may still say so.</summary>
    None = 0,

    /// <summary><c>connect-failure</c>: no connection could be made.</summary>
    ConnectFailure = 1 << 0,

    /// <summary><c>refused-stream</c>: HTTP/2 RST_STREAM with REFUSED_STREAM.</summary>
    RefusedStream = 1 << 1,

    /// <summary><c>reset</c>: no response headers at all, whatever the cause, the per-try time-out included.</summary>
    Reset = 1 << 2,

    /// <summary><c>reset-before-request</c>: reset before the request's headers were sent.</summary>
    ResetBeforeRequest = 1 << 3,

    /// <summary><c>gateway-error</c>: 502, 503, 504.</summary>
    GatewayError = 1 << 4,

    /// <summary><c>5xx</c>: any 5xx, and what <see cref="Reset"/>, <see cref="ConnectFailure"/> and <see cref="RefusedStream"/> say.</summary>
    ServerError = 1 << 5,

    /// <summary><c>retriable-4xx</c>: 409.</summary>
    Retriable4xx = 1 << 6,

    /// <summary><c>envoy-ratelimited</c>: the response has <c>x-envoy-ratelimited</c>.</summary>
    RateLimited = 1 << 7,

    /// <summary><c>cancelled</c>: gRPC status 1 in the response headers.</summary>
    Cancelled = 1 << 8,

    /// <summary><c>deadline-exceeded</c>: gRPC status 4.</summary>
    DeadlineExceeded = 1 << 9,

    /// <summary><c>resource-exhausted</c>: gRPC status 8.</summary>
    ResourceExhausted = 1 << 10,

    /// <summary><c>internal</c>: gRPC status 13.</summary>
    Internal = 1 << 11,

    /// <summary><c>unavailable</c>: gRPC status 14.</summary>
    Unavailable = 1 << 12,

    /// <summary>What is done without any policy, as Istio does: 2 retries on these, none on an answered status.</summary>
    Default = ConnectFailure | RefusedStream | Unavailable | Cancelled,
}
