using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>The cookie of a session.</summary>
public sealed record CookieConfig
{
    /// <summary>Session when missing.</summary>
    [OneOf("Permanent", "Session")]
    [DefaultValue("Session")]
    public string? LifetimeType { get; init; }
}
