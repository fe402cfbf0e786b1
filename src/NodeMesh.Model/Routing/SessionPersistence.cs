namespace NodeMesh.Model.Routing;

/// <summary>Requests of one session go to one endpoint; the session is told by a token that the first response carries.</summary>
public sealed record SessionPersistence
{
    /// <summary>True for a header that the client sends back, false for a cookie.</summary>
    public bool InHeader { get; init; }

    /// <summary>The name of the cookie or header; made by the translation where the user gave none.</summary>
    public required string Name { get; init; }

    /// <summary>How long a session lasts at most; null for ever.</summary>
    public TimeSpan? AbsoluteTimeout { get; init; }

    /// <summary>How long a session lasts without a request; null for ever.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>True when the cookie outlives the browser's session (it gets <see cref="AbsoluteTimeout"/> as its age).</summary>
    public bool PermanentCookie { get; init; }

    /// <summary>The cookie's path.</summary>
    public string CookiePath { get; init; } = "/";
}
