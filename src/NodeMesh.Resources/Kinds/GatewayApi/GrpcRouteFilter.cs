using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>One change on the way; exactly what type names.</summary>
public sealed record GrpcRouteFilter
{
    /// <summary>Which.</summary>
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
