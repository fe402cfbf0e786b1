using System.Diagnostics;
using System.Globalization;
using System.Net;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tracing;

/// <summary>Names and attributes of spans: OpenTelemetry's conventions of HTTP and RPC clients, and the tags that Istio's users look for.</summary>
internal static class SpanAttributes
{
    private const string Other = "_OTHER";
    private const int GrpcOk = 0;
    private const int ClientError = 400;

    /// <summary>The name of a request's span.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The method, which is all that says little enough; for gRPC service and method.</returns>
    public static string NameOf(MeshRequest request)
    {
        if (request.Record.IsGrpc && request.Path is ['/', _, ..] path)
        {
            return path[1..];
        }

        return IsKnown(request.Method) ? request.Method : "HTTP";
    }

    /// <summary>Writes what is known of a request that is over.</summary>
    /// <param name="span">The span.</param>
    /// <param name="request">The request.</param>
    public static void Write(Activity span, MeshRequest request)
    {
        var record = request.Record;
        WriteMethod(span, record.Method);
        span.SetTag("url.full", $"{request.Scheme}://{record.Authority}{record.Path}");
        span.SetTag("server.address", HostOf(record.Authority) is { Length: > 0 } host ? host : record.Destination.Address.ToString());
        span.SetTag("server.port", record.Destination.Port);
        span.SetTag("network.protocol.name", "http");
        span.SetTag("network.protocol.version", record.Protocol is "HTTP/2" or "HTTP/2.0" ? "2" : record.Protocol[(record.Protocol.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        WritePeer(span, record.Upstream);
        Set(span, "user_agent.original", record.UserAgent);
        span.SetTag("http.request.body.size", record.BytesReceived);
        span.SetTag("http.response.body.size", record.BytesSent);
        if (record.Attempts > 1)
        {
            span.SetTag("http.request.resend_count", record.Attempts - 1);
        }

        if (record.Status != 0)
        {
            span.SetTag("http.response.status_code", record.Status);
        }

        if (record.IsGrpc)
        {
            WriteRpc(span, request);
        }

        if (ErrorOf(record) is { } error)
        {
            span.SetTag("error.type", error);
            span.SetStatus(ActivityStatusCode.Error, record.Error);
        }
    }

    /// <summary>Writes the tags of Envoy and Istio.</summary>
    /// <param name="span">The span.</param>
    /// <param name="request">The request.</param>
    public static void WriteIstio(Activity span, MeshRequest request)
    {
        var record = request.Record;
        span.SetTag("component", "proxy");
        span.SetTag("response_flags", ResponseFlagText.Of(record.Flags));
        Set(span, "guid:x-request-id", record.RequestId);
        Set(span, "route_name", record.Route);
        span.SetTag("peer.address", record.Source.Address.ToString());
        span.SetTag("request_size", record.BytesReceived);
        span.SetTag("response_size", record.BytesSent);
        if (record.DestinationService is { } service)
        {
            span.SetTag("upstream_cluster", string.Create(CultureInfo.InvariantCulture, $"outbound|{request.BackendPort}|{request.Backend?.Subset}|{service.Hostname}"));
        }

        if (record.SourceWorkload is { } source)
        {
            span.SetTag("istio.namespace", source.Namespace);
            Set(span, "istio.canonical_service", source.CanonicalName);
            Set(span, "istio.canonical_revision", source.CanonicalRevision);
            Set(span, "istio.cluster_id", source.ClusterId);
        }
    }

    /// <summary>Writes what is known of one of several tries.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="record">The request so far.</param>
    /// <param name="failure">Why it failed; null when it was answered.</param>
    public static void WriteTry(Activity span, RequestRecord record, string? failure)
    {
        WriteMethod(span, record.Method);
        WritePeer(span, record.Upstream);
        if (record.Attempts > 1)
        {
            span.SetTag("http.request.resend_count", record.Attempts - 1);
        }

        if (failure is not null)
        {
            span.SetTag("error.type", failure);
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>What went wrong: a status, gRPC's or HTTP's, or a flag where no answer came.</summary>
    private static string? ErrorOf(RequestRecord record)
    {
        if (record.GrpcStatus is { } grpc && grpc != GrpcOk)
        {
            return grpc.ToString(CultureInfo.InvariantCulture);
        }

        if (record.Status >= ClientError)
        {
            return record.Status.ToString(CultureInfo.InvariantCulture);
        }

        return record.Status == 0 ? ResponseFlagText.Of(record.Flags) : null;
    }

    private static void WriteMethod(Activity span, string method)
    {
        span.SetTag("http.request.method", IsKnown(method) ? method : Other);
        if (!IsKnown(method))
        {
            span.SetTag("http.request.method_original", method);
        }
    }

    private static void WriteRpc(Activity span, MeshRequest request)
    {
        var slash = request.Path.LastIndexOf('/');
        span.SetTag("rpc.system", "grpc");
        if (slash > 0)
        {
            span.SetTag("rpc.service", request.Path[1..slash]);
            span.SetTag("rpc.method", request.Path[(slash + 1)..]);
        }

        if (request.Record.GrpcStatus is { } status)
        {
            span.SetTag("rpc.grpc.status_code", status);
        }
    }

    private static void WritePeer(Activity span, IPEndPoint? peer)
    {
        if (peer is not null)
        {
            span.SetTag("network.peer.address", peer.Address.ToString());
            span.SetTag("network.peer.port", peer.Port);
        }
    }

    private static void Set(Activity span, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            span.SetTag(name, value);
        }
    }

    private static string HostOf(string authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
    }

    // RFC 9110 and PATCH; all others could be anything.
    private static bool IsKnown(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "CONNECT" or "OPTIONS" or "TRACE" or "PATCH";
}
