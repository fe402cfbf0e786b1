namespace NodeMesh.Model.Routing;

/// <summary>
/// What is done with the requests of one rule, whatever dialect it was written in. At most one of <see cref="Redirect"/>, <see cref="DirectResponse"/> and
/// <see cref="Fault"/> with 100 percent answers without a backend. A rule without backends that sends nowhere answers 500 (Gateway API), which the
/// translation says in <see cref="Invalid"/>.
/// </summary>
public sealed record HttpRule
{
    /// <summary>Where it was written.</summary>
    public required RuleOrigin Origin { get; init; }

    /// <summary>Why every request gets <see cref="FaultStatus"/>, for people; null for a rule that can be done.</summary>
    public string? Invalid { get; init; }

    /// <summary>The status of <see cref="Invalid"/> and of backends with a fault: 500 in the Gateway API, 503 in Istio and SMI. GRPCRoutes say it as gRPC status 14.</summary>
    public int FaultStatus { get; init; } = 500;

    /// <summary>Where requests go, drawn by weight. None with a redirect or direct response.</summary>
    public ValueList<RouteBackend> Backends { get; init; }

    /// <summary>Changes of requests.</summary>
    public HeaderChanges RequestHeaders { get; init; } = HeaderChanges.None;

    /// <summary>Changes of responses.</summary>
    public HeaderChanges ResponseHeaders { get; init; } = HeaderChanges.None;

    /// <summary>The change of the URL; null for none.</summary>
    public UrlRewrite? Rewrite { get; init; }

    /// <summary>The redirect; null for none.</summary>
    public HttpRedirect? Redirect { get; init; }

    /// <summary>The answer without a backend; null for none.</summary>
    public DirectResponse? DirectResponse { get; init; }

    /// <summary>Where copies go.</summary>
    public ValueList<RequestMirror> Mirrors { get; init; }

    /// <summary>Which other origins browsers may call from; null leaves it to the backend.</summary>
    public CorsPolicy? Cors { get; init; }

    /// <summary>How long the whole request may take, retries included; null or zero for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long one try may take; null or zero for no limit. <see cref="RetryPolicy.PerTryTimeout"/> says the same where retries are written.</summary>
    public TimeSpan? BackendTimeout { get; init; }

    /// <summary>Retries; null for <see cref="RetryPolicy.Default"/>.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Faults made on purpose; null for none.</summary>
    public FaultInjection? Fault { get; init; }

    /// <summary>Sessions; null for none.</summary>
    public SessionPersistence? Session { get; init; }
}
