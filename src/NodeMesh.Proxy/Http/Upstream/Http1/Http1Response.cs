using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>An answer that comes by HTTP/1. Belongs to its connection, which uses it again for the next.</summary>
/// <param name="connection">The connection.</param>
internal sealed class Http1Response(Http1Connection connection) : UpstreamResponse
{
    private BodyKind _kind;
    private Http1ChunkReader _chunks;
    private GrpcMessageCounter _messages;
    private long _left;
    private bool _isOver;

    /// <summary>The head.</summary>
    public Http1Head Head { get; } = new();

    /// <inheritdoc/>
    public override int Status => Head.Status;

    /// <inheritdoc/>
    public override string? ReasonPhrase => Head.ReasonPhrase;

    /// <inheritdoc/>
    public override long? ContentLength => Head.ContentLength;

    /// <inheritdoc/>
    public override string? Upgrade => null;

    /// <inheritdoc/>
    public override AttemptOutcome Outcome => Head.Outcome;

    /// <summary>Finds out how the body is delimited (RFC 9112 section 6.3).</summary>
    /// <param name="request">The request that is answered.</param>
    public void Begin(MeshRequest request)
    {
        if (Status == StatusCodes.Status101SwitchingProtocols)
        {
            throw new Http1FormatException("the endpoint changes the protocol and was not asked to");
        }

        _isOver = false;
        _chunks = default;
        _messages = default;
        _left = Head.ContentLength ?? 0;
        _kind = HttpMethods.IsHead(request.Method) || Status is 204 or 304 ? BodyKind.None
            : Head.IsChunked ? BodyKind.Chunked
            : Head.ContentLength is null ? BodyKind.ToTheEnd
            : _left == 0 ? BodyKind.None : BodyKind.Length;
    }

    /// <inheritdoc/>
    public override void CopyHeaders(IHeaderDictionary target) => Head.CopyTo(target);

    /// <inheritdoc/>
    public override async ValueTask CopyBodyAsync(MeshRequest request, bool inChunks)
    {
        var target = request.Http.Response;
        var writer = target.BodyWriter;
        while (_kind != BodyKind.None)
        {
            if (!connection.TryRead(out var read))
            {
                var pending = connection.ReadAsync();
                if (!pending.IsCompleted && !target.HasStarted)
                {
                    // A head is not kept back while its body takes its time.
                    await writer.FlushAsync(request.Cancellation);
                }

                read = await pending;
            }

            if (await TakeAsync(request, writer, inChunks, read))
            {
                break;
            }
        }

        if (inChunks)
        {
            await ChunkedResponse.EndAsync(writer, _chunks.Trailers?.Where(t => IsForClient(t.Key)) ?? []);
        }

        NoteGrpcStatus(request);
        _isOver = true;
        connection.Finish(Head.KeepsAlive && _kind != BodyKind.ToTheEnd);
    }

    /// <inheritdoc/>
    public override Task JoinAsync(MeshRequest request) => throw new InvalidOperationException("changes of protocol go another way");

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            connection.Dispose();
        }
    }

    /// <summary>Passes on what has come.</summary>
    /// <returns>True when that was all.</returns>
    private async ValueTask<bool> TakeAsync(MeshRequest request, PipeWriter writer, bool inChunks, ReadResult read)
    {
        var rest = read.Buffer;
        var isLast = false;
        try
        {
            while (TryTake(ref rest, out var content, out isLast))
            {
                Count(request.Record, content);
                foreach (var segment in content)
                {
                    if (inChunks)
                    {
                        ChunkedResponse.Write(writer, segment.Span);
                    }
                    else if (isLast && !request.IsHttp2)
                    {
                        // Head and body leave together, and nothing waits for a flush that nobody asks for any more.
                        ThrowIfGone(await writer.WriteAsync(segment, request.Cancellation));
                    }
                    else
                    {
                        writer.Write(segment.Span);
                    }
                }

                if (isLast)
                {
                    return true;
                }
            }

            isLast = IsComplete(read.IsCompleted);
        }
        finally
        {
            connection.Advance(rest.Start, isLast ? rest.Start : rest.End, read.Buffer.Length - rest.Length);
        }

        if (isLast)
        {
            CopyTrailers(request);
            return true;
        }

        // Kestrel counts as unflushed not all that is: it is asked to whatever it says. A client gets what came before a break, too.
        ThrowIfGone(await writer.FlushAsync(request.Cancellation));
        return read.IsCompleted ? throw new IOException("the endpoint closed the connection in the middle of its answer") : false;
    }

    private bool TryTake(ref ReadOnlySequence<byte> bytes, out ReadOnlySequence<byte> content, out bool isLast)
    {
        isLast = false;
        if (_kind == BodyKind.Chunked)
        {
            return _chunks.TryTake(ref bytes, out content);
        }

        content = _kind == BodyKind.Length && bytes.Length > _left ? bytes.Slice(0, _left) : bytes;
        bytes = bytes.Slice(content.End);
        _left -= content.Length;
        isLast = _kind == BodyKind.Length && _left == 0;
        return !content.IsEmpty;
    }

    private bool IsComplete(bool isEnd) => _kind switch
    {
        BodyKind.Chunked => _chunks.IsComplete,
        BodyKind.ToTheEnd => isEnd,
        _ => false,
    };

    private void Count(RequestRecord record, in ReadOnlySequence<byte> content)
    {
        record.BytesSent += content.Length;
        if (record.IsGrpc)
        {
            foreach (var segment in content)
            {
                _messages.Add(segment.Span);
            }

            record.ResponseMessages = _messages.Count;
        }
    }

    private void CopyTrailers(MeshRequest request)
    {
        foreach (var (name, value) in _chunks.Trailers ?? [])
        {
            // HTTP/1.1 clients that do not ask for trailers get none, as behind Envoy.
            if (IsForClient(name) && request.Http.Response.SupportsTrailers())
            {
                request.Http.Response.AppendTrailer(name, value);
            }

            if (name.Equals("grpc-status", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                request.Record.GrpcStatus = status;
            }
        }
    }

    private void NoteGrpcStatus(MeshRequest request)
    {
        if (request.Record.IsGrpc)
        {
            request.Record.GrpcStatus ??= Head.GrpcStatus;
        }
    }

    private static void ThrowIfGone(FlushResult flush)
    {
        if (flush.IsCompleted)
        {
            throw new OperationCanceledException("the client went away");
        }
    }

    private enum BodyKind
    {
        None,
        Length,
        Chunked,
        ToTheEnd,
    }
}
