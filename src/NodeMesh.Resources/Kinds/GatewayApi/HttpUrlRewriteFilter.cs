using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Changes host or path of a request.</summary>
public sealed record HttpUrlRewriteFilter
{
    /// <summary>The new host; the request's when missing.</summary>
    [Length(1, 253)]
    [Matches(Patterns.PreciseHostname, Patterns.PreciseHostnameWords)]
    public string? Hostname { get; init; }

    /// <summary>The new path; the request's when missing.</summary>
    public HttpPathModifier? Path { get; init; }
}
