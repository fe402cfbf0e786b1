using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary>An IPv6 address, or a mapped IPv4 one, as the kernel has it.</summary>
/// <param name="First">Its first eight bytes.</param>
/// <param name="Second">Its last eight bytes.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ForwardAddress(ulong First, ulong Second)
{
    private const int Size = 16;

    internal static ForwardAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var wide = address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address;
        wide.TryWriteBytes(bytes, out _);
        return new ForwardAddress(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }
}
