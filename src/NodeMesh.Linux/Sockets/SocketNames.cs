using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Sockets;

/// <summary>Addresses as the kernel writes them (<c>struct sockaddr_in</c>, <c>sockaddr_in6</c>; ip(7), ipv6(7)).</summary>
internal static class SocketNames
{
    /// <summary>Room for either family.</summary>
    internal const int Room = 28;

    private const int Ipv4Size = 16;
    private const int Ipv6Size = 28;
    private const ushort FamilyIpv4 = 2;
    private const ushort FamilyIpv6 = 10;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>Writes an address.</summary>
    /// <param name="endPoint">The address.</param>
    /// <param name="name">At least <see cref="Room"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    internal static int Write(IPEndPoint endPoint, Span<byte> name)
    {
        name[..Room].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(name, FamilyIpv4);
            endPoint.Address.TryWriteBytes(name[4..8], out _);
            return Ipv4Size;
        }

        MemoryMarshal.Write(name, FamilyIpv6);
        endPoint.Address.TryWriteBytes(name[8..24], out _);
        MemoryMarshal.Write(name[24..], (uint)endPoint.Address.ScopeId);
        return Ipv6Size;
    }

    /// <summary>Reads an address; IPv4 in its plain form, also where the socket is of IPv6.</summary>
    /// <param name="name">What the kernel wrote.</param>
    /// <returns>The address; null when it is of another family.</returns>
    internal static IPEndPoint? Read(ReadOnlySpan<byte> name)
    {
        if (name.Length < Ipv4Size)
        {
            return null;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        switch (MemoryMarshal.Read<ushort>(name))
        {
            case FamilyIpv4:
                return new IPEndPoint(new IPAddress(name[4..8]), port);
            case FamilyIpv6 when name.Length >= Ipv6Size:
                var bytes = name[8..24];
                return bytes.StartsWith(MappedPrefix)
                    ? new IPEndPoint(new IPAddress(bytes[12..]), port)
                    : new IPEndPoint(ReadIpv6(bytes, MemoryMarshal.Read<uint>(name[24..])), port);
            default:
                return null;
        }
    }

    /// <summary>Only a link-local address means anything by a device.</summary>
    private static IPAddress ReadIpv6(ReadOnlySpan<byte> bytes, uint scope)
    {
        var address = new IPAddress(bytes);
        if (address.IsIPv6LinkLocal)
        {
            address.ScopeId = scope;
        }

        return address;
    }
}
