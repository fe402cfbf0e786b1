using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>One change on the way; exactly what type names.</summary>
[Cel("has(self.requestHeaderModifier) == (self.type == 'RequestHeaderModifier')", "requestHeaderModifier must be set for type RequestHeaderModifier, and for no other")]
[Cel("has(self.responseHeaderModifier) == (self.type == 'ResponseHeaderModifier')", "responseHeaderModifier must be set for type ResponseHeaderModifier, and for no other")]
[Cel("has(self.requestMirror) == (self.type == 'RequestMirror')", "requestMirror must be set for type RequestMirror, and for no other")]
[Cel("has(self.extensionRef) == (self.type == 'ExtensionRef')", "extensionRef must be set for type ExtensionRef, and for no other")]
public sealed record GrpcRouteFilter
{
    /// <summary>Which of the fields below it uses.</summary>
    [OneOf("RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef")]
    public required string Type { get; init; }

    /// <summary>Changes request headers.</summary>
    public HttpHeaderFilter? RequestHeaderModifier { get; init; }

    /// <summary>Changes response headers.</summary>
    public HttpHeaderFilter? ResponseHeaderModifier { get; init; }

    /// <summary>Sends a copy elsewhere.</summary>
    public HttpRequestMirrorFilter? RequestMirror { get; init; }

    /// <summary>A filter of the implementation.</summary>
    public LocalObjectReference? ExtensionRef { get; init; }
}
