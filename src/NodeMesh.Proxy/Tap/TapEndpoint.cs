using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Proxy.Tap;

/// <summary>Serves <c>GET /tap</c>: an answer that goes on, one JSON object a line, until the client goes or the proxy stops.</summary>
/// <param name="hub">Where traffic comes from.</param>
/// <param name="node">The node.</param>
/// <param name="time">The clock.</param>
internal sealed class TapEndpoint(TapHub hub, string node, TimeProvider time)
{
    /// <summary>One write takes about this many bytes.</summary>
    private const int Batch = 32 * 1024;

    /// <summary>An empty line so often: by it a client that has gone silently is noticed.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>Serves one tap.</summary>
    /// <param name="context">The request.</param>
    public async Task ServeAsync(HttpContext context)
    {
        if (!TapFilter.TryParse(context.Request.Query, out var filter, out var error))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        using var session = hub.TryOpen(filter);
        if (session is null)
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, $"{TapHub.MostSessions} taps of this node are open already: end one of them");
            return;
        }

        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        try
        {
            await WriteAsync(session, context.Response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone.
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    private async Task WriteAsync(TapSession session, Stream body, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>(2 * Batch);
        using var line = new TapLineWriter(buffer, node);
        Say(buffer, new { @event = "tapping", node });
        var more = session.Events.WaitToReadAsync(ct).AsTask();
        while (true)
        {
            await body.WriteAsync(buffer.WrittenMemory, ct);
            await body.FlushAsync(ct);
            buffer.ResetWrittenCount();
            try
            {
                if (!await more.WaitAsync(Heartbeat, time, ct))
                {
                    return;
                }
            }
            catch (TimeoutException)
            {
                buffer.Write("\n"u8);
                continue;
            }

            while (buffer.WrittenCount < Batch && session.Events.TryRead(out var item))
            {
                line.Write(item);
            }

            if (session.TakeDropped() is > 0 and var dropped)
            {
                Say(buffer, new { @event = "dropped", node, count = dropped });
            }

            more = session.Events.WaitToReadAsync(ct).AsTask();
        }
    }

    private static void Say<T>(ArrayBufferWriter<byte> buffer, T value)
    {
        buffer.Write(JsonSerializer.SerializeToUtf8Bytes(value));
        buffer.Write("\n"u8);
    }
}
