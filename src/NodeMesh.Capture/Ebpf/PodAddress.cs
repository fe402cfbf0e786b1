using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Ebpf;

/// <summary>An address as the programs keep it (<c>struct pod_address</c>): 16 bytes in network order, IPv4 in its mapped form.</summary>
/// <param name="High">The first eight bytes, as they lie in memory.</param>
/// <param name="Low">The last eight.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PodAddress(ulong High, ulong Low)
{
    private const int Size = 16;

    /// <summary>Bits before the IPv4 part of a mapped address.</summary>
    internal const int MappedPrefix = 96;

    /// <summary>Translates an address.</summary>
    /// <param name="address">IPv4, IPv6 or mapped.</param>
    internal static PodAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Size];
        (address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address).TryWriteBytes(bytes, out _);
        return MemoryMarshal.Read<PodAddress>(bytes);
    }

    /// <summary>Translates back; IPv4 in its plain form.</summary>
    internal IPAddress ToAddress()
    {
        var address = new IPAddress(MemoryMarshal.AsBytes(new ReadOnlySpan<PodAddress>(in this)));
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
