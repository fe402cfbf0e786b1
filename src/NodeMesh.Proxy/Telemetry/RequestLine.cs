using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>One access line of a request: the fields of a connection's line, and what people know of Envoy's.</summary>
internal static class RequestLine
{
    /// <summary>Failures of the mesh, not of the application: a 404 of a shop is no error of its mesh.</summary>
    private const ResponseFlag Failures =
        ResponseFlag.UpstreamConnectionFailure | ResponseFlag.UpstreamConnectionTermination | ResponseFlag.NoHealthyUpstream | ResponseFlag.UpstreamOverflow
        | ResponseFlag.UpstreamRequestTimeout | ResponseFlag.UpstreamRemoteReset | ResponseFlag.UpstreamProtocolError | ResponseFlag.NoClusterFound | ResponseFlag.Unauthorized;

    /// <summary>Writes the line.</summary>
    /// <param name="request">The request; over.</param>
    /// <param name="line">Where to.</param>
    public static void Write(RequestRecord request, IAccessLineWriter line)
    {
        line.Begin(request.Started + request.Duration, "request", (request.Flags & Failures) != 0);
        line.Address("src.addr", request.Source);
        AccessLine.WriteEnd(line, request.SourceWorkload, request.SourceIdentity, "src.workload", "src.namespace", "src.identity", "src.cluster");
        line.Address("dst.addr", request.Tunnel ?? request.Upstream ?? request.Destination);
        line.Address("dst.hbone_addr", request.Tunnel is null ? null : request.Upstream);
        line.Text("dst.service", request.DestinationService?.Hostname);
        var identity = request.Security == ConnectionSecurity.Plaintext ? null : request.DestinationWorkload?.Identity;
        AccessLine.WriteEnd(line, request.DestinationWorkload, identity, "dst.workload", "dst.namespace", "dst.identity", "dst.cluster");
        line.Text("direction", "outbound");
        line.Text("method", request.Method);
        line.Text("path", request.Path);
        line.Text("protocol", request.Protocol);
        line.Text("authority", request.Authority);
        line.Number("response_code", request.Status);
        line.Text("response_flags", ResponseFlagText.Of(request.Flags));
        line.Text("response_code_details", request.Details);
        line.Number("grpc_status", request.GrpcStatus);
        line.Text("route", request.Route);
        line.Number("attempts", request.Attempts);
        line.Number("bytes_sent", request.BytesSent);
        line.Number("bytes_recv", request.BytesReceived);
        line.Text("duration", AccessLine.Duration(request.Duration));
        line.Text("upstream_service_time", request.UpstreamServiceTime is { } time ? AccessLine.Duration(time) : null);
        line.Instant("start", request.Started);
        line.Flag("mtls", request.Security == ConnectionSecurity.MutualTls);
        line.Text("security", AccessLine.SecurityWord(request.Security));
        line.Text("request_id", request.RequestId);
        line.Text("user_agent", request.UserAgent);
        line.Text("trace", request.TraceId);
        line.Text("error", request.Error);
        line.End();
    }
}
