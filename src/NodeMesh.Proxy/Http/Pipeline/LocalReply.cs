using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Answers that the proxy gives itself. Their texts and details are Envoy's, which people search for.</summary>
internal static class LocalReply
{
    /// <summary>The text of a refusal for want of an endpoint.</summary>
    public const string NoHealthyUpstream = "no healthy upstream";

    /// <summary>The text of a time-out.</summary>
    public const string RequestTimeout = "upstream request timeout";

    /// <summary>gRPC's UNAVAILABLE: also the status of a call whose route cannot be followed (the Gateway API, GRPCRoute's <c>backendRefs</c>).</summary>
    public const int Unavailable = 14;

    /// <summary>Answers; the client of a gRPC call gets its status in the trailers-only form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="flag">What to note in the log.</param>
    /// <param name="details">Why, in Envoy's words.</param>
    /// <param name="text">The body; empty for none.</param>
    /// <param name="grpcStatus">The gRPC status; null for the one that goes with the HTTP status.</param>
    /// <returns>When it is sent.</returns>
    public static async Task SendAsync(MeshRequest request, int status, ResponseFlag flag, string details, string text = "", int? grpcStatus = null)
    {
        var response = request.Http.Response;
        request.Record.Flags |= flag;
        request.Record.Details = details;
        if (response.HasStarted)
        {
            request.Http.Abort();
            return;
        }

        var bytes = ReadOnlyMemory<byte>.Empty;
        if (request.IsGrpc)
        {
            var code = grpcStatus ?? GrpcStatusOf(status);
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "application/grpc";
            response.Headers.GrpcStatus = code.ToString(CultureInfo.InvariantCulture);
            if (text.Length > 0)
            {
                response.Headers.GrpcMessage = Uri.EscapeDataString(text).Replace("%20", " ", StringComparison.Ordinal);
            }

            request.Record.GrpcStatus = code;
        }
        else
        {
            response.StatusCode = status;
            bytes = Encoding.UTF8.GetBytes(text);
            if (!bytes.IsEmpty)
            {
                response.ContentType = "text/plain";
            }

            response.ContentLength = bytes.Length;
        }

        request.FinishResponseHeaders();
        request.Record.Status = response.StatusCode;
        if (!bytes.IsEmpty && !HttpMethods.IsHead(request.Method))
        {
            request.Record.BytesSent = bytes.Length;
            await response.BodyWriter.WriteAsync(bytes);
        }
    }

    /// <summary>The gRPC status that goes with an HTTP status (grpc/grpc, doc/http-grpc-status-mapping.md).</summary>
    private static int GrpcStatusOf(int status) => status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => Unavailable,
        _ => 2,
    };
}
