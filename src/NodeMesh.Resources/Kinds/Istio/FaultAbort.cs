using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A failure.</summary>
[AtMostOneOf("httpStatus", "grpcStatus", "http2Error")]
public sealed record FaultAbort
{
    /// <summary>Share of requests; all when missing.</summary>
    public Percent? Percentage { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The gRPC status by name.</summary>
    public string? GrpcStatus { get; init; }

    /// <summary>Not served.</summary>
    public string? Http2Error { get; init; }
}
