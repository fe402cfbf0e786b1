using System.Buffers.Binary;

namespace NodeMesh.Tunnel.Http2;

/// <summary>Whole frames in the order in which they are to be sent: all but large DATA. The output's lock guards it.</summary>
internal sealed class ControlBuffer
{
    private byte[] _bytes = new byte[256];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    public void WriteSettings(ReadOnlySpan<(SettingId Id, uint Value)> settings)
    {
        var to = Frame(new FrameHeader(settings.Length * 6, FrameType.Settings, FrameFlags.None, 0));
        foreach (var (id, value) in settings)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)id);
            BinaryPrimitives.WriteUInt32BigEndian(to[2..], value);
            to = to[6..];
        }
    }

    public void WriteSettingsAck() => Frame(new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0));

    public void WriteWindowUpdate(int streamId, int increment) =>
        BinaryPrimitives.WriteInt32BigEndian(Frame(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, streamId)), increment);

    public void WriteReset(int streamId, Http2ErrorCode code) =>
        BinaryPrimitives.WriteUInt32BigEndian(Frame(new FrameHeader(4, FrameType.RstStream, FrameFlags.None, streamId)), (uint)code);

    public void WritePing(ReadOnlySpan<byte> payload, bool ack) =>
        payload.CopyTo(Frame(new FrameHeader(8, FrameType.Ping, ack ? FrameFlags.Ack : FrameFlags.None, 0)));

    public void WriteGoAway(int lastStreamId, Http2ErrorCode code)
    {
        var to = Frame(new FrameHeader(8, FrameType.GoAway, FrameFlags.None, 0));
        BinaryPrimitives.WriteInt32BigEndian(to, lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], (uint)code);
    }

    public void WriteData(int streamId, ReadOnlySpan<byte> data) => data.CopyTo(Frame(new FrameHeader(data.Length, FrameType.Data, FrameFlags.None, streamId)));

    public void WriteEndStream(int streamId) => Frame(new FrameHeader(0, FrameType.Data, FrameFlags.EndStream, streamId));

    /// <summary>Writes a header block as HEADERS and as many CONTINUATIONs as the peer's frame size asks for (RFC 9113 section 6.10).</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="block">The encoded fields.</param>
    /// <param name="endStream">Whether no DATA follows.</param>
    /// <param name="maxFrameSize">The peer's limit.</param>
    public void WriteHeaders(int streamId, ReadOnlySpan<byte> block, bool endStream, int maxFrameSize)
    {
        var type = FrameType.Headers;
        var flags = endStream ? FrameFlags.EndStream : FrameFlags.None;
        do
        {
            var length = Math.Min(block.Length, maxFrameSize);
            var last = length == block.Length;
            block[..length].CopyTo(Frame(new FrameHeader(length, type, flags | (last ? FrameFlags.EndHeaders : FrameFlags.None), streamId)));
            block = block[length..];
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }
        while (!block.IsEmpty);
    }

    /// <summary>Writes bytes as they are: the connection preface.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>Moves bytes out.</summary>
    /// <param name="to">Where.</param>
    /// <returns>How many.</returns>
    public int Drain(Span<byte> to)
    {
        var count = Math.Min(Count, to.Length);
        _bytes.AsSpan(_start, count).CopyTo(to);
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return count;
    }

    private Span<byte> Frame(FrameHeader header)
    {
        var room = Room(FrameHeader.Size + header.Length);
        header.Write(room);
        return room[FrameHeader.Size..];
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _end < count)
        {
            if (_start > 0)
            {
                _bytes.AsSpan(_start, Count).CopyTo(_bytes);
                _end -= _start;
                _start = 0;
            }

            if (_bytes.Length - _end < count)
            {
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + count));
            }
        }

        var room = _bytes.AsSpan(_end, count);
        _end += count;
        return room;
    }
}
