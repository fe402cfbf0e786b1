namespace NodeMesh.Model.Routing;

/// <summary>Which other origins a browser may call from (CORS).</summary>
public sealed record CorsPolicy
{
    /// <summary>The origins, each compared whole (<c>https://example.com</c>); one that is <see cref="TextMatch.Present"/> allows all.</summary>
    public ValueList<TextMatch> AllowOrigins { get; init; }

    /// <summary>Methods; <c>*</c> for all.</summary>
    public ValueList<string> AllowMethods { get; init; }

    /// <summary>Request headers; <c>*</c> for all.</summary>
    public ValueList<string> AllowHeaders { get; init; }

    /// <summary>Response headers that a script may read; <c>*</c> for all.</summary>
    public ValueList<string> ExposeHeaders { get; init; }

    /// <summary>How long a browser may remember the answer; null says nothing.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>True when cookies may be sent.</summary>
    public bool AllowCredentials { get; init; }

    /// <summary>True when a preflight request from an origin that is not allowed goes to the backend (VirtualService's <c>unmatchedPreflights: FORWARD</c>); else it is answered without the headers that would allow it.</summary>
    public bool ForwardUnmatchedPreflights { get; init; }
}
