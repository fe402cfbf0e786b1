using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Gives a client an endpoint's response: headers, the body as it comes and no faster than the client takes it, trailers.</summary>
internal static class ResponseCopier
{
    /// <summary>Most responses are smaller than the engine's buffers.</summary>
    private const int FirstRead = 4096;

    private const int FurtherReads = 32 * 1024;
    private const string ServiceTime = "x-envoy-upstream-service-time";

    /// <summary>Copies a response to its end, and disposes it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The response.</param>
    /// <returns>When the client has all of it, or the request was aborted.</returns>
    public static async Task CopyAsync(MeshRequest request, HttpResponseMessage response)
    {
        using (response)
        {
            var isUpgrade = response.StatusCode == HttpStatusCode.SwitchingProtocols && request.IsUpgrade;
            CopyHeaders(request, response, isUpgrade);
            try
            {
                if (isUpgrade)
                {
                    await UpgradedTunnel.RunAsync(request, response);
                    return;
                }

                var inChunks = WritesChunks(request, response);
                if (inChunks)
                {
                    request.Http.Response.Headers.TransferEncoding = "chunked";
                }

                await CopyBodyAsync(request, await response.Content.ReadAsStreamAsync(request.Cancellation), inChunks);
                if (inChunks)
                {
                    await ChunkedResponse.EndAsync(request.Http.Response.BodyWriter, TrailersOf(response));
                }

                CopyTrailers(request, response);
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

    private static void CopyHeaders(MeshRequest request, HttpResponseMessage response, bool isUpgrade)
    {
        var target = request.Http.Response;

        // What 101 is to a connection, 200 is to a stream (RFC 8441 section 5).
        target.StatusCode = isUpgrade && request.ConnectProtocol is not null ? StatusCodes.Status200OK : (int)response.StatusCode;
        request.Record.Status = target.StatusCode;
        if (!request.IsHttp2 && request.Http.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = response.ReasonPhrase;
        }

        var listed = response.Headers.NonValidated.TryGetValues("Connection", out var connection) ? new StringValues(connection.ToString()) : StringValues.Empty;
        Copy(response.Headers, target.Headers, listed);
        Copy(response.Content.Headers, target.Headers, listed);
        if (response.Content.Headers.ContentLength is { } length && !isUpgrade && !HasNoLength(target.StatusCode))
        {
            target.ContentLength = length;
        }

        if (isUpgrade && request.ConnectProtocol is not null)
        {
            target.Headers.Remove("Sec-WebSocket-Accept");
        }
        else if (isUpgrade && response.Headers.NonValidated.TryGetValues("Upgrade", out var protocol))
        {
            target.Headers.Upgrade = protocol.ToString();
        }

        if (request.Record.UpstreamServiceTime is { } time)
        {
            target.Headers[ServiceTime] = ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        request.FinishResponseHeaders();
    }

    /// <summary>RFC 9110 section 8.6: these have no length, whatever the endpoint wrote.</summary>
    private static bool HasNoLength(int status) => status is 204 or (>= 100 and < 200);

    private static void Copy(HttpHeaders from, IHeaderDictionary to, StringValues listed)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (!HopByHop.IsDropped(name, listed))
            {
                to[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
            }
        }
    }

    private static async Task CopyBodyAsync(MeshRequest request, Stream body, bool inChunks)
    {
        var response = request.Http.Response;
        var writer = response.BodyWriter;
        var record = request.Record;
        var messages = default(GrpcMessageCounter);
        var size = FirstRead;
        while (true)
        {
            // No buffer is held, and no answer's head kept back, while nothing comes: a stream of events is silent most of its time.
            var ready = body.ReadAsync(Memory<byte>.Empty, request.Cancellation);
            if (!ready.IsCompleted && !response.HasStarted)
            {
                // Starting alone sends nothing.
                await writer.FlushAsync(request.Cancellation);
            }

            _ = await ready;
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                var count = await body.ReadAsync(buffer, request.Cancellation);
                if (count == 0)
                {
                    break;
                }

                size = count == buffer.Length ? FurtherReads : size;

                record.BytesSent += count;
                if (record.IsGrpc)
                {
                    messages.Add(buffer.AsSpan(0, count));
                    record.ResponseMessages = messages.Count;
                }

                if (inChunks)
                {
                    ChunkedResponse.Write(writer, buffer.AsSpan(0, count));
                }

                var flush = inChunks ? await writer.FlushAsync(request.Cancellation) : await writer.WriteAsync(buffer.AsMemory(0, count), request.Cancellation);
                if (flush.IsCompleted)
                {
                    throw new OperationCanceledException("the client went away");
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Only a body whose end is not known beforehand can have trailers, and only a client of HTTP/1.1 that says so reads them.</summary>
    private static bool WritesChunks(MeshRequest request, HttpResponseMessage response) =>
        !request.IsHttp2
        && response.Content.Headers.ContentLength is null
        && request.Record.Protocol == "HTTP/1.1"
        && request.TakesTrailers
        && !HttpMethods.IsHead(request.Method)
        && (int)response.StatusCode is >= 200 and not (204 or 205 or 304);

    private static IEnumerable<KeyValuePair<string, string>> TrailersOf(HttpResponseMessage response)
    {
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            // Framing and routing are no matter of trailers (RFC 9110 section 6.5.1).
            if (!HopByHop.IsDropped(name, StringValues.Empty) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var value in values)
                {
                    yield return KeyValuePair.Create(name, value);
                }
            }
        }
    }

    private static void CopyTrailers(MeshRequest request, HttpResponseMessage response)
    {
        var http = request.Http;
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            // HTTP/1.1 clients that do not ask for trailers get none, as behind Envoy.
            if (http.Response.SupportsTrailers())
            {
                http.Response.AppendTrailer(name, values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]));
            }

            NoteGrpcStatus(request.Record, name, values);
        }

        foreach (var (name, values) in response.Headers.NonValidated)
        {
            NoteGrpcStatus(request.Record, name, values);
        }
    }

    private static void NoteGrpcStatus(RequestRecord record, string name, HeaderStringValues values)
    {
        if (record.IsGrpc && name.Equals("grpc-status", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            record.GrpcStatus = status;
        }
    }
}
