using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How a client stays with a backend.</summary>
[Cel("!has(self.cookieConfig) || !has(self.cookieConfig.lifetimeType) || self.cookieConfig.lifetimeType != 'Permanent' || has(self.absoluteTimeout)", "AbsoluteTimeout must be specified when cookie lifetimeType is Permanent")]
public sealed record SessionPersistence
{
    /// <summary>The name of the cookie or header.</summary>
    [Length(0, 128)]
    public string? SessionName { get; init; }

    /// <summary>When a session ends at the latest.</summary>
    [GatewayDuration]
    public string? AbsoluteTimeout { get; init; }

    /// <summary>When a session without requests ends.</summary>
    [GatewayDuration]
    public string? IdleTimeout { get; init; }

    /// <summary>Cookie when missing.</summary>
    [OneOf("Cookie", "Header")]
    [DefaultValue("Cookie")]
    public string? Type { get; init; }

    /// <summary>The cookie.</summary>
    public CookieConfig? CookieConfig { get; init; }
}
