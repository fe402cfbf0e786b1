namespace NodeMesh.Model.Routing;

/// <summary>Where a rule sends requests or connections.</summary>
public sealed record RouteBackend
{
    /// <summary>The service's key: namespace and host name. Where <see cref="Fault"/> says that there is none, what it would be.</summary>
    public required NamespacedName Service { get; init; }

    /// <summary>The service's port; 0 for the one that the client dialled.</summary>
    public required int Port { get; init; }

    /// <summary>The subset of its endpoints, as <see cref="Traffic.TrafficPolicy.Subsets"/> names it; empty for all of them.</summary>
    public string Subset { get; init; } = "";

    /// <summary>Its share relative to the others'; 0 gets nothing.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Why nothing can be sent there.</summary>
    public BackendFault Fault { get; init; }

    /// <summary>What to say of <see cref="Fault"/>, for people; else empty.</summary>
    public string FaultDetail { get; init; } = "";

    /// <summary>Changes of requests that go there, after the rule's own.</summary>
    public HeaderChanges RequestHeaders { get; init; } = HeaderChanges.None;

    /// <summary>Changes of responses from there, before the rule's own.</summary>
    public HeaderChanges ResponseHeaders { get; init; } = HeaderChanges.None;

    /// <summary>A rewrite of requests that go there, in place of the rule's; null for the rule's.</summary>
    public UrlRewrite? Rewrite { get; init; }

    /// <summary>A redirect with which requests that fall to it are answered, so that nothing goes there; null for none.</summary>
    public HttpRedirect? Redirect { get; init; }

    /// <summary>Which other origins browsers may call from, for requests that fall to it where the rule says nothing; null for no say.</summary>
    public CorsPolicy? Cors { get; init; }

    /// <summary>Where copies of requests go that fall to it, beside the rule's own.</summary>
    public ValueList<RequestMirror> Mirrors { get; init; }
}
