using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>One change on the way; exactly what type names.</summary>
public sealed record HttpRouteFilter
{
    /// <summary>Which.</summary>
    [OneOf("RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite", "ExtensionRef", "CORS", "ExternalAuth")]
    public required string Type { get; init; }

    /// <summary>Changes request headers.</summary>
    public HttpHeaderFilter? RequestHeaderModifier { get; init; }

    /// <summary>Changes response headers.</summary>
    public HttpHeaderFilter? ResponseHeaderModifier { get; init; }

    /// <summary>Sends a copy elsewhere.</summary>
    public HttpRequestMirrorFilter? RequestMirror { get; init; }

    /// <summary>Answers with a redirect.</summary>
    public HttpRequestRedirectFilter? RequestRedirect { get; init; }

    /// <summary>Changes host or path.</summary>
    public HttpUrlRewriteFilter? UrlRewrite { get; init; }

    /// <summary>Answers cross-origin requests.</summary>
    public HttpCorsFilter? Cors { get; init; }

    /// <summary>Asks an authoriser.</summary>
    public ManifestNode? ExternalAuth { get; init; }

    /// <summary>A filter of the implementation.</summary>
    public LocalObjectReference? ExtensionRef { get; init; }
}
