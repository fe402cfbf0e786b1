using System.Buffers.Binary;

namespace NodeMesh.Tunnel.Http2;

/// <summary>The nine bytes before every frame's payload (RFC 9113 section 4.1).</summary>
/// <param name="Length">The payload's length, 24 bits.</param>
/// <param name="Type">The type; may be unknown.</param>
/// <param name="Flags">The flags.</param>
/// <param name="StreamId">The stream, 31 bits; 0 is the connection.</param>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 9;

    /// <summary>Reads a header.</summary>
    /// <param name="from">At least <see cref="Size"/> bytes.</param>
    /// <returns>The header; the reserved bit is ignored.</returns>
    public static FrameHeader Read(ReadOnlySpan<byte> from) => new(
        (from[0] << 16) | (from[1] << 8) | from[2],
        (FrameType)from[3],
        (FrameFlags)from[4],
        BinaryPrimitives.ReadInt32BigEndian(from[5..]) & int.MaxValue);

    /// <summary>Writes the header.</summary>
    /// <param name="to">Room for <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> to)
    {
        to[0] = (byte)(Length >> 16);
        to[1] = (byte)(Length >> 8);
        to[2] = (byte)Length;
        to[3] = (byte)Type;
        to[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(to[5..], StreamId);
    }

    /// <summary>Whether a flag is set.</summary>
    /// <param name="flag">The flag.</param>
    /// <returns>True when it is.</returns>
    public bool Has(FrameFlags flag) => (Flags & flag) != 0;
}
