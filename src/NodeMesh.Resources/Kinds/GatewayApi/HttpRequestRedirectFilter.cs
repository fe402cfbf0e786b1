using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Answers with a redirect.</summary>
public sealed record HttpRequestRedirectFilter
{
    /// <summary>The new scheme; the request's when missing.</summary>
    [OneOf("http", "https")]
    public string? Scheme { get; init; }

    /// <summary>The new host; the request's when missing.</summary>
    [Length(1, 253)]
    [Matches(Patterns.PreciseHostname, Patterns.PreciseHostnameWords)]
    public string? Hostname { get; init; }

    /// <summary>The new path; the request's when missing.</summary>
    public HttpPathModifier? Path { get; init; }

    /// <summary>The new port; that of the new scheme, or the listener's, when missing.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }

    /// <summary>The status; 302 when missing.</summary>
    [OneOf("301", "302", "303", "307", "308")]
    [DefaultValue(302)]
    public int? StatusCode { get; init; }
}
