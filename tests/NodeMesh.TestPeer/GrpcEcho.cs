using System.Buffers.Binary;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.TestPeer;

/// <summary>A service of gRPC in the four shapes of calls, with texts in place of protobuf messages, and its client: framing, deadlines and trailers are the protocol's own.</summary>
internal static class GrpcEcho
{
    private const int Prefix = 5;

    private static int _flaky;

    /// <summary>
    /// Unary and ServerStream read one message, the others until the end; Unary and ClientStream answer once, ServerStream three times, Duplex each message. Wait never answers,
    /// Reset resets, Deadline answers the deadline that it was told, and of Flaky two calls of three are refused as UNAVAILABLE.
    /// </summary>
    public static async Task ServeAsync(HttpContext context, string shape)
    {
        context.Response.ContentType = "application/grpc";
        var count = 0;
        while (await ReadAsync(context.Request.Body) is { } message)
        {
            count++;
            if (shape == "Duplex")
            {
                await WriteAsync(context.Response.Body, message);
            }
        }

        if (shape == "Reset")
        {
            context.Abort();
            return;
        }

        if (shape == "Deadline")
        {
            await WriteAsync(context.Response.Body, context.Request.Headers["grpc-timeout"].ToString());
            context.Response.AppendTrailer("grpc-status", "0");
            return;
        }

        if (shape == "Flaky" && Interlocked.Increment(ref _flaky) % 3 != 0)
        {
            context.Response.Headers["grpc-status"] = "14";
            return;
        }

        if (shape == "Wait")
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        for (var i = shape == "ServerStream" ? 3 : shape == "Duplex" ? 0 : 1; i > 0; i--)
        {
            await WriteAsync(context.Response.Body, $"{count}");
        }

        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Answers as <c>grpc.health.v1</c> does: field 1 is 1 for SERVING, 2 for NOT_SERVING.</summary>
    public static async Task TellHealthAsync(HttpContext context, bool isWell)
    {
        context.Response.ContentType = "application/grpc";
        await context.Request.Body.CopyToAsync(Stream.Null);
        await WriteAsync(context.Response.Body, isWell ? "\u0008\u0001" : "\u0008\u0002");
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Calls, and prints the answers, then the status.</summary>
    public static async Task<int> CallAsync(string host, string shape, int messages, string timeout)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}/peer.Echo/{shape}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Messages(messages),
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using var response = await client.SendAsync(request, CancellationToken.None);
        await using var body = await response.Content.ReadAsStreamAsync();
        while (await ReadAsync(body) is { } message)
        {
            Console.Write($"{message} ");
        }

        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) || response.Headers.TryGetValues("grpc-status", out trailer) ? trailer.Single() : "none";
        Console.WriteLine($"status {status}");
        return 0;
    }

    private static async Task<string?> ReadAsync(Stream stream)
    {
        var head = new byte[Prefix];
        if (await stream.ReadAtLeastAsync(head, Prefix, throwOnEndOfStream: false) < Prefix)
        {
            return null;
        }

        var text = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await stream.ReadExactlyAsync(text);
        return Encoding.UTF8.GetString(text);
    }

    private static async Task WriteAsync(Stream stream, string text)
    {
        var message = new byte[Prefix + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - Prefix);
        Encoding.UTF8.GetBytes(text, message.AsSpan(Prefix));
        await stream.WriteAsync(message);
        await stream.FlushAsync();
    }

    private sealed class Messages(int count) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 1; i <= count; i++)
            {
                await WriteAsync(stream, $"m{i}");
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
