using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>A response that came by the base library's HTTP client: HTTP/2, and changes of protocol.</summary>
/// <param name="response">The response.</param>
internal sealed class HttpClientResponse(HttpResponseMessage response) : UpstreamResponse
{
    private const string GrpcStatus = "grpc-status";
    private const string RateLimited = "x-envoy-ratelimited";

    /// <summary>Most responses are smaller than the engine's buffers.</summary>
    private const int FirstRead = 4096;

    private const int FurtherReads = 32 * 1024;

    /// <inheritdoc/>
    public override int Status => (int)response.StatusCode;

    /// <inheritdoc/>
    public override string? ReasonPhrase => response.ReasonPhrase;

    /// <inheritdoc/>
    public override long? ContentLength => response.Content.Headers.ContentLength;

    /// <inheritdoc/>
    public override string? Upgrade => response.Headers.NonValidated.TryGetValues("Upgrade", out var protocol) ? protocol.ToString() : null;

    /// <inheritdoc/>
    public override AttemptOutcome Outcome
    {
        get
        {
            var headers = response.Headers.NonValidated;
            var grpc = headers.TryGetValues(GrpcStatus, out var status)
                && int.TryParse(status.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
            return AttemptOutcome.Answered(Status, grpc, headers.Contains(RateLimited));
        }
    }

    /// <inheritdoc/>
    public override void CopyHeaders(IHeaderDictionary target)
    {
        var listed = response.Headers.NonValidated.TryGetValues("Connection", out var connection) ? new StringValues(connection.ToString()) : StringValues.Empty;
        Copy(response.Headers, target, listed);
        Copy(response.Content.Headers, target, listed);
    }

    /// <inheritdoc/>
    public override async ValueTask CopyBodyAsync(MeshRequest request, bool inChunks)
    {
        var body = await response.Content.ReadAsStreamAsync(request.Cancellation);
        var target = request.Http.Response;
        var writer = target.BodyWriter;
        var record = request.Record;
        var messages = default(GrpcMessageCounter);
        var size = FirstRead;
        while (true)
        {
            // No buffer is held, and no answer's head kept back, while nothing comes: a stream of events is silent most of its time.
            var ready = body.ReadAsync(Memory<byte>.Empty, request.Cancellation);
            if (!ready.IsCompleted && !target.HasStarted)
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

        if (inChunks)
        {
            await ChunkedResponse.EndAsync(writer, Trailers());
        }

        CopyTrailers(request);
    }

    /// <inheritdoc/>
    public override Task JoinAsync(MeshRequest request) => UpgradedTunnel.RunAsync(request, response);

    /// <inheritdoc/>
    public override void Dispose() => response.Dispose();

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

    private IEnumerable<KeyValuePair<string, string>> Trailers()
    {
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            if (IsForClient(name))
            {
                foreach (var value in values)
                {
                    yield return KeyValuePair.Create(name, value);
                }
            }
        }
    }

    private void CopyTrailers(MeshRequest request)
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
        if (record.IsGrpc && name.Equals(GrpcStatus, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            record.GrpcStatus = status;
        }
    }
}
