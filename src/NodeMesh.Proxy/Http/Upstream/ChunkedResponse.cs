using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Writes a body in chunks with trailers (RFC 9112 section 7.1), for HTTP/1.1 clients that say that they take them: the engine writes chunks, but no trailers.</summary>
internal static class ChunkedResponse
{
    private const int LongestSize = 16;

    /// <summary>Writes one chunk; nothing is flushed.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bytes">The bytes; none would end the body.</param>
    public static void Write(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        var head = writer.GetSpan(LongestSize + 2);
        bytes.Length.TryFormat(head, out var length, "x", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(head[length..]);
        writer.Advance(length + 2);
        while (!bytes.IsEmpty)
        {
            var span = writer.GetSpan();
            var part = bytes[..Math.Min(bytes.Length, span.Length)];
            part.CopyTo(span);
            writer.Advance(part.Length);
            bytes = bytes[part.Length..];
        }

        "\r\n"u8.CopyTo(writer.GetSpan(2));
        writer.Advance(2);
    }

    /// <summary>Ends the body.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="trailers">The trailers.</param>
    /// <returns>When it is flushed.</returns>
    public static async ValueTask EndAsync(PipeWriter writer, IEnumerable<KeyValuePair<string, string>> trailers)
    {
        var text = new StringBuilder("0\r\n");
        foreach (var (name, value) in trailers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        await writer.WriteAsync(Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()));
    }
}
