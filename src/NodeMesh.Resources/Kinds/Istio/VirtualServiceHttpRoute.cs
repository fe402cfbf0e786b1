using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What to do with requests that match.</summary>
public sealed record VirtualServiceHttpRoute
{
    /// <summary>The route's name, for logs.</summary>
    public string? Name { get; init; }

    /// <summary>Alternatives; everything when missing.</summary>
    public ImmutableArray<HttpMatchRequest> Match { get; init; } = [];

    /// <summary>Where requests go, by weight.</summary>
    public ImmutableArray<HttpRouteDestination> Route { get; init; } = [];

    /// <summary>Answers with a redirect.</summary>
    public HttpRedirect? Redirect { get; init; }

    /// <summary>Answers without a backend.</summary>
    public HttpDirectResponse? DirectResponse { get; init; }

    /// <summary>Another VirtualService that goes on.</summary>
    public Delegate? Delegate { get; init; }

    /// <summary>Changes path or authority.</summary>
    public HttpRewrite? Rewrite { get; init; }

    /// <summary>How long a request may take; no limit when missing or 0s.</summary>
    [GoDuration(ZeroAllowed = true)]
    public string? Timeout { get; init; }

    /// <summary>Which failed requests are tried again.</summary>
    public HttpRetry? Retries { get; init; }

    /// <summary>Delays and failures that are put in.</summary>
    public HttpFaultInjection? Fault { get; init; }

    /// <summary>Where a copy goes.</summary>
    public Destination? Mirror { get; init; }

    /// <summary>Where copies go.</summary>
    public ImmutableArray<HttpMirrorPolicy> Mirrors { get; init; } = [];

    /// <summary>Share of requests that are copied; deprecated in favour of mirrorPercentage.</summary>
    [InRange(0, 100)]
    public int? MirrorPercent { get; init; }

    /// <summary>Share of requests that are copied; all when missing.</summary>
    public Percent? MirrorPercentage { get; init; }

    /// <summary>Answers cross-origin requests.</summary>
    public CorsPolicy? CorsPolicy { get; init; }

    /// <summary>Changes headers.</summary>
    public HeaderOperations? Headers { get; init; }
}
