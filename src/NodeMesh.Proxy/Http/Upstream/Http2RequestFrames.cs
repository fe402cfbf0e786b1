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

    /// <summary>How many streams are known before those are looked for that ended without a frame of this side, as the endpoint reset them.</summary>
    private const int FewStreams = 128;

    private readonly Dictionary<int, RequestBody> _streams = [];
    private int _mostStreams = FewStreams;
    private bool _isBegun;

    /// <summary>How many streams may end with trailers, as far as it knows.</summary>
    public int Streams => _streams.Count;

    /// <summary>The value of the header for a body.</summary>
    /// <param name="id">The body's number.</param>
    /// <returns>The value; all have one length.</returns>
    public static string ValueOf(long id) => id.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Looks through what is written; one call after the other, as the writes of a connection are.</summary>
    /// <param name="written">Whole frames.</param>
    /// <returns>What is to be sent instead; null for just what was written.</returns>
    /// <exception cref="IOException">These are no whole frames, so nobody knows where the next begins; passed on, a mark would be seen on the wire.</exception>
    public ArrayBufferWriter<byte>? Edit(ReadOnlySpan<byte> written)
    {
        ArrayBufferWriter<byte>? edited = null;
        var (kept, at) = (0, 0);
        if (!_isBegun)
        {
            _isBegun = true;
            at = written.StartsWith(Preface) ? Preface.Length : 0;
        }

        while (at < written.Length)
        {
            var frame = First(written[at..]);
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

    /// <summary>The frame that bytes begin with; a header block with all its frames.</summary>
    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> written)
    {
        var end = 0;
        for (var isWhole = false; !isWhole;)
        {
            var rest = written[end..];
            if (rest.Length < FrameHeader || rest.Length - FrameHeader < Length(rest) || (end > 0 && rest[3] != Continuation))
            {
                throw new IOException("the HTTP client wrote a part of an HTTP/2 frame");
            }

            isWhole = rest[3] is not (Headers or Continuation) || (rest[4] & EndHeaders) != 0;
            end += FrameHeader + Length(rest);
        }

        return written[..end];
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
        var payload = Block(frame);
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
            if ((frame[4] & EndStream) == 0
                && long.TryParse(payload.Slice(mark + Mark.Length, MarkDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
                && bodies.TryGetValue(id, out var body))
            {
                Keep(Stream(frame), body);
            }
        }

        block.Write(payload[at..]);
        var edited = new ArrayBufferWriter<byte>(FrameHeader + block.WrittenCount);
        WriteBlock(edited, block.WrittenSpan, frame[4] & EndStream, Stream(frame));
        return edited.WrittenSpan.ToArray();
    }

    /// <summary>A header block without the frames that it comes in.</summary>
    private static ReadOnlySpan<byte> Block(ReadOnlySpan<byte> frames)
    {
        var length = Length(frames);
        if (frames.Length == FrameHeader + length)
        {
            return frames[FrameHeader..];
        }

        var block = new ArrayBufferWriter<byte>(frames.Length);
        for (; !frames.IsEmpty; frames = frames[(FrameHeader + Length(frames))..])
        {
            block.Write(frames.Slice(FrameHeader, Length(frames)));
        }

        return block.WrittenSpan;
    }

    /// <summary>Notes whose stream it is. A stream that the endpoint resets ends without a frame of this side: its body is over all the same, and goes when there are many.</summary>
    private void Keep(int stream, RequestBody body)
    {
        if (_streams.Count >= _mostStreams)
        {
            foreach (var (ended, _) in _streams.Where(s => s.Value.IsOver))
            {
                _streams.Remove(ended);
            }

            _mostStreams = Math.Max(FewStreams, 2 * _streams.Count);
        }

        _streams[stream] = body;
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

        WriteBlock(edited, block.WrittenSpan, EndStream, Stream(frame));
        return edited.WrittenSpan.ToArray();
    }

    private static void WriteBlock(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> block, int endStream, int stream)
    {
        for (var type = Headers; ; type = Continuation)
        {
            var part = block[..Math.Min(block.Length, LongestFrame)];
            block = block[part.Length..];
            var flags = (type == Headers ? endStream : 0) | (block.IsEmpty ? EndHeaders : 0);
            WriteHeader(target, part.Length, type, (byte)flags, stream);
            target.Write(part);
            if (block.IsEmpty)
            {
                return;
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
