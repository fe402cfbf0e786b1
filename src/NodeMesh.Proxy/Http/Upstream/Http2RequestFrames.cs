using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>
/// What the base library's HTTP client cannot say in HTTP/2, put into the frames that it writes on one connection: trailers of requests, <c>OPTIONS *</c>, and the scheme
/// <c>https</c> where TLS is not its own, which servers compare with how they are spoken to. A request that may
/// have trailers carries a header with a name that nobody can guess, which is taken out here and tells whose stream it is; the frame that ends the stream then becomes the
/// trailers. The client compresses nothing by reference, so a header more or less changes the meaning of no other.
/// </summary>
/// <param name="bodies">The bodies that may have trailers, by the header's value; those of one endpoint.</param>
/// <param name="isSecure">Whether the connection is TLS.</param>
internal sealed class Http2RequestFrames(ConcurrentDictionary<long, RequestBody> bodies, bool isSecure)
{
    /// <summary>The header by which a stream is known; never seen on the wire.</summary>
    public static readonly string MarkName = $"x-{Guid.NewGuid():N}";

    private const int FrameHeader = 9;
    private const int MarkDigits = 16;

    /// <summary>Every endpoint takes as much in one frame (RFC 9113 section 6.5.2).</summary>
    private const int LongestFrame = 16384;

    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Continuation = 9;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    // Of a header block by number in the static table (RFC 7541 appendix A).
    private const byte MethodGet = 0x82;
    private const byte MethodPost = 0x83;
    private const byte SchemeHttp = 0x86;
    private const byte SchemeHttps = 0x87;
    private const byte MethodLiteral = 0x02;

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    // RFC 7541 section 6.2.2: a literal with a new name, never put into the table; both texts as they are.
    private static readonly byte[] Mark = [0x00, (byte)MarkName.Length, .. Encoding.ASCII.GetBytes(MarkName), MarkDigits];

    // The same with the name :path, which is number 4 of the static table.
    private static readonly byte[] MarkedPath = [0x04, (byte)AsteriskForm.Path.Length, .. Encoding.ASCII.GetBytes(AsteriskForm.Path)];
    private static readonly byte[] Asterisk = [0x04, 1, (byte)'*'];

    private readonly Dictionary<int, RequestBody> _streams = [];
    private bool _isBegun;
    private bool _isLost;

    /// <summary>The value of the header for a body.</summary>
    /// <param name="id">The body's number.</param>
    /// <returns>The value; all have one length.</returns>
    public static string ValueOf(long id) => id.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Looks through what is written; one call after the other, as the writes of a connection are.</summary>
    /// <param name="written">Whole frames.</param>
    /// <returns>What is to be sent instead; null for just what was written.</returns>
    public ArrayBufferWriter<byte>? Edit(ReadOnlySpan<byte> written)
    {
        ArrayBufferWriter<byte>? edited = null;
        var (kept, at) = (0, 0);
        if (!_isBegun)
        {
            _isBegun = true;
            at = written.StartsWith(Preface) ? Preface.Length : 0;
        }

        while (!_isLost && at < written.Length)
        {
            var length = written.Length - at < FrameHeader ? int.MaxValue : Length(written[at..]);
            if (written.Length - at - FrameHeader < length)
            {
                // Not as this client has ever written: from here on nobody knows where frames begin, and all passes as it is.
                _isLost = true;
                break;
            }

            var frame = written.Slice(at, FrameHeader + length);
            var replaced = frame[3] switch
            {
                Headers => EditHeaders(frame),
                Data when (frame[4] & EndStream) != 0 => EditEnd(frame),
                _ => null,
            };
            if (frame[3] == Reset)
            {
                _streams.Remove(Stream(frame));
            }

            if (replaced is not null)
            {
                edited ??= new ArrayBufferWriter<byte>(written.Length + FrameHeader);
                edited.Write(written[kept..at]);
                edited.Write(replaced);
                kept = at + frame.Length;
            }

            at += frame.Length;
        }

        edited?.Write(written[kept..]);
        return edited;
    }

    private static int Length(ReadOnlySpan<byte> frame) => (frame[0] << 16) | (frame[1] << 8) | frame[2];

    private static int Stream(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32BigEndian(frame[5..]) & int.MaxValue;

    private static void WriteHeader(ArrayBufferWriter<byte> target, int length, byte type, byte flags, int stream)
    {
        Span<byte> header = stackalloc byte[FrameHeader];
        BinaryPrimitives.WriteInt32BigEndian(header, length << 8);
        (header[3], header[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        target.Write(header);
    }

    /// <summary>Where the scheme stands, which this client writes behind the method; -1 for nowhere.</summary>
    private static int FindScheme(ReadOnlySpan<byte> block)
    {
        // Changes of the table's size come first (RFC 7541 section 6.3).
        var at = 0;
        while (at < block.Length && (block[at] & 0xe0) == 0x20)
        {
            var isLong = (block[at++] & 0x1f) == 0x1f;
            while (isLong && at < block.Length)
            {
                isLong = (block[at++] & 0x80) != 0;
            }
        }

        at += block.Length - at < 2 ? 0 : block[at] switch { MethodGet or MethodPost => 1, MethodLiteral => 2 + block[at + 1], _ => 0 };
        return at < block.Length && block[at] == SchemeHttp ? at : -1;
    }

    /// <summary>Takes the mark out, and puts scheme and asterisk in.</summary>
    private byte[]? EditHeaders(ReadOnlySpan<byte> frame)
    {
        var payload = frame[FrameHeader..];
        var mark = payload.IndexOf(Mark);
        var path = payload.IndexOf(MarkedPath);
        var scheme = isSecure ? FindScheme(payload) : -1;
        if (mark < 0 && path < 0 && scheme < 0)
        {
            return null;
        }

        // In this order: pseudo-headers come before all others (RFC 9113 section 8.3), and the client's path behind the scheme.
        var block = new ArrayBufferWriter<byte>(payload.Length);
        var at = 0;
        if (scheme >= 0)
        {
            block.Write(payload[..scheme]);
            block.Write((ReadOnlySpan<byte>)[SchemeHttps]);
            at = scheme + 1;
        }

        if (path >= 0)
        {
            block.Write(payload[at..path]);
            block.Write(Asterisk);
            at = path + MarkedPath.Length;
        }

        if (mark >= 0)
        {
            block.Write(payload[at..mark]);
            at = mark + Mark.Length + MarkDigits;
            if (long.TryParse(payload.Slice(mark + Mark.Length, MarkDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) && bodies.TryGetValue(id, out var body))
            {
                _streams[Stream(frame)] = body;
            }
        }

        block.Write(payload[at..]);
        var edited = new ArrayBufferWriter<byte>(FrameHeader + block.WrittenCount);
        WriteHeader(edited, block.WrittenCount, Headers, frame[4], Stream(frame));
        edited.Write(block.WrittenSpan);
        return edited.WrittenSpan.ToArray();
    }

    /// <summary>Makes trailers of the end of a stream.</summary>
    private byte[]? EditEnd(ReadOnlySpan<byte> frame)
    {
        if (!_streams.Remove(Stream(frame), out var body) || body.Trailers is not { Count: > 0 } trailers)
        {
            return null;
        }

        var block = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in trailers)
        {
            block.Write((ReadOnlySpan<byte>)[0x00]);
            WriteText(block, name.ToLowerInvariant());
            WriteText(block, value);
        }

        var edited = new ArrayBufferWriter<byte>();
        if (Length(frame) > 0)
        {
            WriteHeader(edited, Length(frame), Data, (byte)(frame[4] & ~EndStream), Stream(frame));
            edited.Write(frame[FrameHeader..]);
        }

        var rest = block.WrittenSpan;
        for (var type = Headers; ; type = Continuation)
        {
            var part = rest[..Math.Min(rest.Length, LongestFrame)];
            rest = rest[part.Length..];
            var flags = (type == Headers ? EndStream : 0) | (rest.IsEmpty ? EndHeaders : 0);
            WriteHeader(edited, part.Length, type, (byte)flags, Stream(frame));
            edited.Write(part);
            if (rest.IsEmpty)
            {
                return edited.WrittenSpan.ToArray();
            }
        }
    }

    /// <summary>A text as it is (RFC 7541 section 5.2), its length as an integer with a prefix of seven bits (section 5.1).</summary>
    private static void WriteText(ArrayBufferWriter<byte> target, string text)
    {
        const int Prefix = 127;
        if (text.Length < Prefix)
        {
            target.Write((ReadOnlySpan<byte>)[(byte)text.Length]);
        }
        else
        {
            target.Write((ReadOnlySpan<byte>)[Prefix]);
            var left = text.Length - Prefix;
            for (; left >= 128; left >>= 7)
            {
                target.Write((ReadOnlySpan<byte>)[(byte)(left | 128)]);
            }

            target.Write((ReadOnlySpan<byte>)[(byte)left]);
        }

        var bytes = target.GetSpan(text.Length);
        target.Advance(Encoding.Latin1.GetBytes(text, bytes));
    }
}
