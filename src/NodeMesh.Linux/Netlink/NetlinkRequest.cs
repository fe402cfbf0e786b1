using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Netlink;

/// <summary>Writes one message to netfilter (linux/netfilter/nfnetlink.h): <c>struct nlmsghdr</c>, <c>struct nfgenmsg</c> and attributes.</summary>
/// <param name="buffer">Where to; all zero, and large enough for what is written.</param>
internal ref struct NetlinkRequest(Span<byte> buffer)
{
    /// <summary>Size of <c>struct nlmsghdr</c>.</summary>
    internal const int HeaderSize = 16;

    /// <summary>Size of it and <c>struct nfgenmsg</c>.</summary>
    internal const int PrefixSize = HeaderSize + 4;

    private const ushort FlagRequest = 1;
    private const ushort Nested = 0x8000;
    private const int AttributeHeaderSize = 4;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    internal int Length { get; private set; }

    /// <summary>Begins the message.</summary>
    /// <param name="type">Subsystem and message.</param>
    /// <param name="sequence">Comes back with the answer.</param>
    /// <param name="family">Address family.</param>
    internal void Begin(ushort type, uint sequence, byte family)
    {
        MemoryMarshal.Write(_buffer[4..], type);
        MemoryMarshal.Write(_buffer[6..], FlagRequest);
        MemoryMarshal.Write(_buffer[8..], sequence);
        _buffer[HeaderSize] = family;
        Length = PrefixSize;
    }

    /// <summary>Begins an attribute that holds others.</summary>
    /// <param name="type">Its type.</param>
    /// <returns>For <see cref="End"/>.</returns>
    internal int Open(ushort type)
    {
        var at = Length;
        MemoryMarshal.Write(_buffer[(at + 2)..], (ushort)(type | Nested));
        Length += AttributeHeaderSize;
        return at;
    }

    /// <summary>Ends what <see cref="Open"/> began.</summary>
    /// <param name="at">What it returned.</param>
    internal readonly void End(int at) => MemoryMarshal.Write(_buffer[at..], (ushort)(Length - at));

    /// <summary>Adds an attribute.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">Its value.</param>
    internal void Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        MemoryMarshal.Write(_buffer[Length..], (ushort)(AttributeHeaderSize + value.Length));
        MemoryMarshal.Write(_buffer[(Length + 2)..], type);
        value.CopyTo(_buffer[(Length + AttributeHeaderSize)..]);
        Length += AttributeHeaderSize + NetlinkAttributes.Aligned(value.Length);
    }

    /// <summary>Adds a number of two bytes in network order.</summary>
    /// <param name="type">The attribute's type.</param>
    /// <param name="value">The number.</param>
    internal void Add(ushort type, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        Add(type, bytes);
    }

    /// <summary>Ends the message.</summary>
    /// <returns>All of it.</returns>
    internal readonly ReadOnlySpan<byte> Finish()
    {
        MemoryMarshal.Write(_buffer, (uint)Length);
        return _buffer[..Length];
    }
}
