using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>One change on the way; exactly what type names.</summary>
[Cel("has(self.requestHeaderModifier) == (self.type == 'RequestHeaderModifier')", "requestHeaderModifier must be set for type RequestHeaderModifier, and for no other")]
[Cel("has(self.responseHeaderModifier) == (self.type == 'ResponseHeaderModifier')", "responseHeaderModifier must be set for type ResponseHeaderModifier, and for no other")]
[Cel("has(self.requestMirror) == (self.type == 'RequestMirror')", "requestMirror must be set for type RequestMirror, and for no other")]
[Cel("has(self.requestRedirect) == (self.type == 'RequestRedirect')", "requestRedirect must be set for type RequestRedirect, and for no other")]
[Cel("has(self.urlRewrite) == (self.type == 'URLRewrite')", "urlRewrite must be set for type URLRewrite, and for no other")]
[Cel("has(self.cors) == (self.type == 'CORS')", "cors must be set for type CORS, and for no other")]
[Cel("has(self.extensionRef) == (self.type == 'ExtensionRef')", "extensionRef must be set for type ExtensionRef, and for no other")]
public sealed record HttpRouteFilter
{
    /// <summary>Which of the fields below it uses.</summary>
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
