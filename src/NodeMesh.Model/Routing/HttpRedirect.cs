namespace NodeMesh.Model.Routing;

/// <summary>An answer that sends the client elsewhere. What is not set stays as it was in the request.</summary>
public sealed record HttpRedirect
{
    /// <summary>The scheme; null for the request's.</summary>
    public string? Scheme { get; init; }

    /// <summary>The host; null for the request's.</summary>
    public string? Host { get; init; }

    /// <summary>The port; null to leave it to <see cref="PortKind"/>.</summary>
    public int? Port { get; init; }

    /// <summary>Which port the location has where <see cref="Port"/> says none.</summary>
    public RedirectPortKind PortKind { get; init; }

    /// <summary>The change of the path; null for none.</summary>
    public PathRewrite? Path { get; init; }

    /// <summary>The status: 301, 302, 303, 307 or 308.</summary>
    public int Status { get; init; } = 302;
}
