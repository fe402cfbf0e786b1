using System.Diagnostics.CodeAnalysis;

namespace NodeMesh.Tunnel.Http2;

/// <summary>Frame flags (RFC 9113 section 6); <see cref="Ack"/> and <see cref="EndStream"/> share a bit on different frames.</summary>
[Flags]
[SuppressMessage("Design", "CA1069:Enums should not have duplicate values", Justification = "RFC 9113: the same bit means END_STREAM on DATA and HEADERS, ACK on SETTINGS and PING.")]
internal enum FrameFlags : byte
{
    None = 0x0,
    EndStream = 0x1,
    Ack = 0x1,
    EndHeaders = 0x4,
    Padded = 0x8,
    Priority = 0x20,
}
