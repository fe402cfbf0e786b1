using System.Buffers;
using NodeMesh.Tunnel.Hpack;

namespace NodeMesh.Tunnel.Http2;

/// <content>Header blocks (RFC 9113 sections 4.3, 6.2 and 6.10).</content>
internal abstract partial class Http2Connection
{
    // An honest sender fills each frame, so 64 KiB need five; empty ones cost us without end (CVE-2024-27316's kind).
    private const int MaxContinuations = 16;

    private ArrayBufferWriter<byte> _block = new();
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private int _openBlock;
    private bool _openBlockEndsStream;
    private int _continuations;

    /// <summary>Queues a header block. Under the output's lock, so that blocks are sent in the order in which they are encoded.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="fields">The fields, pseudo-header fields first.</param>
    /// <param name="endStream">Whether our side ends with it.</param>
    protected void WriteHeaders(Http2Stream stream, IEnumerable<KeyValuePair<string, string>> fields, bool endStream)
    {
        _encoded.ResetWrittenCount();
        _encoder.Encode(fields, _encoded);
        Output.Control.WriteHeaders(stream.Id, _encoded.WrittenSpan, endStream, _peer.MaxFrameSize);
        if (endStream)
        {
            stream.Send.Ended = true;
            OnLocalEnd(stream);
        }
    }

    private async ValueTask ReadHeaderBlockAsync(FrameHeader header, CancellationToken ct)
    {
        var length = header.Length;
        var padding = 0;
        if (header.Type == FrameType.Headers)
        {
            _openBlock = header.StreamId;
            _openBlockEndsStream = header.Has(FrameFlags.EndStream);
            _continuations = 0;
            _block.ResetWrittenCount();
            (length, padding) = await ReadHeadersPrefixAsync(header, ct);
        }
        else if (++_continuations > MaxContinuations)
        {
            throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, "a header block in too many CONTINUATION frames (section 10.5)", "continuation");
        }

        // The encoded block is smaller than the list that it stands for, or it is nothing we would take.
        if (_block.WrittenCount + length > MaxHeaderListSize)
        {
            throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, $"a header block of more than {MaxHeaderListSize} bytes (section 10.5.1)", "header-list");
        }

        while (length > 0)
        {
            var read = await _input.ReadAsync(_block.GetMemory(length)[..length], ct);
            _block.Advance(read);
            length -= read;
        }

        await SkipAsync(padding, ct);
        if (header.Has(FrameFlags.EndHeaders))
        {
            var streamId = _openBlock;
            _openBlock = 0;
            OnHeaders(streamId, DecodeBlock(), _openBlockEndsStream);
        }
    }

    private async ValueTask<(int Length, int Padding)> ReadHeadersPrefixAsync(FrameHeader header, CancellationToken ct)
    {
        var length = header.Length;
        var padding = 0;
        if (header.Has(FrameFlags.Padded))
        {
            padding = await ReadPaddingAsync(length, ct);
            length -= 1 + padding;
        }

        if (header.Has(FrameFlags.Priority))
        {
            // Section 6.2: five bytes of a deprecated priority.
            length -= 5;
            if (length < 0)
            {
                throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "HEADERS without room for its priority (section 6.2)", "frame-size");
            }

            await SkipAsync(5, ct);
        }

        return (length, padding);
    }

    private List<KeyValuePair<string, string>> DecodeBlock()
    {
        var fields = new List<KeyValuePair<string, string>>(8);
        try
        {
            _decoder.Decode(_block.WrittenSpan, fields);
        }
        catch (HpackException e)
        {
            // Section 4.3: what cannot be decoded ends the connection, since the tables have parted.
            throw e.TooLarge
                ? new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, e.Message, "header-list")
                : new Http2ConnectionException(Http2ErrorCode.CompressionError, e.Message, "compression");
        }

        if (_block.Capacity > 4096)
        {
            // One large block must not hold its memory for the life of the connection.
            _block = new ArrayBufferWriter<byte>();
        }

        return fields;
    }
}
