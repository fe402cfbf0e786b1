using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>What is known of one request when it is over: for the access log and the metrics.</summary>
internal sealed partial class RequestRecord
{
    /// <summary>When its headers had come.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took, to the end of the response.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>The client's address.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>What the client dialled.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query as the client sent them.</summary>
    public required string Path { get; init; }

    /// <summary>The authority as the client sent it.</summary>
    public required string Authority { get; init; }

    /// <summary><c>HTTP/1.1</c>, <c>HTTP/2</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>True for gRPC.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>The client's workload; null when it is not known.</summary>
    public Workload? SourceWorkload { get; set; }

    /// <summary>The client's identity.</summary>
    public SpiffeId? SourceIdentity { get; set; }

    /// <summary>The service that answered; before the choice, the one that was addressed.</summary>
    public Service? DestinationService { get; set; }

    /// <summary>The last endpoint that was tried; null when none was.</summary>
    public Workload? DestinationWorkload { get; set; }

    /// <summary>The last endpoint's address.</summary>
    public IPEndPoint? Upstream { get; set; }

    /// <summary>The last endpoint's tunnel; null without one.</summary>
    public IPEndPoint? Tunnel { get; set; }

    /// <summary>How the request travelled.</summary>
    public ConnectionSecurity Security { get; set; }

    /// <summary>The rule that decided; null for none.</summary>
    public string? Route { get; set; }

    /// <summary>The status; 0 when the client went away before it was sent.</summary>
    public int Status { get; set; }

    /// <summary>The gRPC status; null when there was none.</summary>
    public int? GrpcStatus { get; set; }

    /// <summary>What was special.</summary>
    public ResponseFlag Flags { get; set; }

    /// <summary>Who answered and why, in Envoy's words: <c>via_upstream</c>, <c>route_not_found</c>, ….</summary>
    public string Details { get; set; } = "via_upstream";

    /// <summary>One line of detail for a failure; null for none.</summary>
    public string? Error { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>Bytes of the request's body.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Bytes of the response's body.</summary>
    public long BytesSent { get; set; }

    /// <summary>Bytes from the client after a change of protocol.</summary>
    public long UpgradedReceived { get; set; }

    /// <summary>gRPC messages of the request.</summary>
    public long RequestMessages { get; set; }

    /// <summary>gRPC messages of the response.</summary>
    public long ResponseMessages { get; set; }

    /// <summary>From sending the last try to its response headers; null when there were none.</summary>
    public TimeSpan? UpstreamServiceTime { get; set; }

    /// <summary>The <c>x-request-id</c>.</summary>
    public string? RequestId { get; set; }

    /// <summary>The trace id; null when the request has none.</summary>
    public string? TraceId { get; set; }

    /// <summary>The <c>user-agent</c>.</summary>
    public string? UserAgent { get; set; }
}
