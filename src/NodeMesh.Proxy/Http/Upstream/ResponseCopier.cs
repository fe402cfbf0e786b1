using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Gives a client an endpoint's response: headers, the body as it comes and no faster than the client takes it, trailers.</summary>
internal static class ResponseCopier
{
    private const string ServiceTime = "x-envoy-upstream-service-time";

    // Most answers take less than a quarter of a second.
    private static readonly string[] Milliseconds = [.. Enumerable.Range(0, 256).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Copies a response to its end, and disposes it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The response.</param>
    /// <returns>When the client has all of it, or the request was aborted.</returns>
    public static async ValueTask CopyAsync(MeshRequest request, UpstreamResponse response)
    {
        using (response)
        {
            var isUpgrade = response.Status == StatusCodes.Status101SwitchingProtocols && request.IsUpgrade;
            CopyHeaders(request, response, isUpgrade);
            try
            {
                if (isUpgrade)
                {
                    await response.JoinAsync(request);
                    return;
                }

                var inChunks = WritesChunks(request, response);
                if (inChunks)
                {
                    request.Http.Response.Headers.TransferEncoding = "chunked";
                }

                await response.CopyBodyAsync(request, inChunks);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                Break(request, e);
            }
        }
    }

    /// <summary>After a byte of the response nothing can be mended: the client must see that it is not whole.</summary>
    private static void Break(MeshRequest request, Exception error)
    {
        var record = request.Record;
        (record.Flags, record.Details) = request.FindCancelCause() switch
        {
            CancelCause.ClientGone => (record.Flags | ResponseFlag.DownstreamConnectionTermination, "downstream_remote_disconnect"),
            CancelCause.RequestTimeout => (record.Flags | ResponseFlag.UpstreamRequestTimeout, "response_timeout"),
            _ => (record.Flags | ResponseFlag.UpstreamConnectionTermination, "upstream_reset_after_response_started{connection_termination}"),
        };
        record.Error = error.Message;
        request.Http.Abort();
    }

    private static void CopyHeaders(MeshRequest request, UpstreamResponse response, bool isUpgrade)
    {
        var target = request.Http.Response;

        // What 101 is to a connection, 200 is to a stream (RFC 8441 section 5).
        target.StatusCode = isUpgrade && request.ConnectProtocol is not null ? StatusCodes.Status200OK : response.Status;
        request.Record.Status = target.StatusCode;
        if (!request.IsHttp2 && request.Http.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = response.ReasonPhrase;
        }

        response.CopyHeaders(target.Headers);
        if (response.ContentLength is { } length && !isUpgrade && !HasNoLength(target.StatusCode))
        {
            target.ContentLength = length;
        }

        if (isUpgrade && request.ConnectProtocol is not null)
        {
            target.Headers.Remove("Sec-WebSocket-Accept");
        }
        else if (isUpgrade && response.Upgrade is { } protocol)
        {
            target.Headers.Upgrade = protocol;
        }

        if (request.Record.UpstreamServiceTime is { } time)
        {
            var milliseconds = (long)time.TotalMilliseconds;
            target.Headers[ServiceTime] = milliseconds < Milliseconds.Length ? Milliseconds[milliseconds] : milliseconds.ToString(CultureInfo.InvariantCulture);
        }

        request.FinishResponseHeaders();
    }

    /// <summary>Only a body whose end is not known beforehand can have trailers, and only a client of HTTP/1.1 that says so reads them.</summary>
    private static bool WritesChunks(MeshRequest request, UpstreamResponse response) =>
        !request.IsHttp2
        && response.ContentLength is null
        && request.Record.Protocol == "HTTP/1.1"
        && request.TakesTrailers
        && !HttpMethods.IsHead(request.Method)
        && response.Status is >= 200 and not (204 or 205 or 304);

    /// <summary>RFC 9110 section 8.6: these have no length, whatever the endpoint wrote.</summary>
    private static bool HasNoLength(int status) => status is 204 or (>= 100 and < 200);
}
