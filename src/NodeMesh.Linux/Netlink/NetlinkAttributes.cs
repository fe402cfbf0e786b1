using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Netlink;

/// <summary>Walks over the attributes of a netlink message (netlink(7), <c>struct nlattr</c>): length and type, the value, and padding to four bytes.</summary>
/// <param name="attributes">The attributes, one after the other.</param>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    private const int HeaderSize = 4;

    /// <summary>The two upper bits of a type are flags.</summary>
    private const int TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _left = attributes;

    /// <summary>The current attribute's type.</summary>
    internal int Type { get; private set; }

    /// <summary>Its value.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The value as a port or the like, which netfilter has in network order.</summary>
    internal readonly int Number => Value.Length >= sizeof(ushort) ? BinaryPrimitives.ReadUInt16BigEndian(Value) : 0;

    /// <summary>Goes on to the next attribute.</summary>
    /// <returns>False where there is none, or what is there is cut short.</returns>
    internal bool MoveNext()
    {
        if (_left.Length < HeaderSize)
        {
            return false;
        }

        var length = MemoryMarshal.Read<ushort>(_left);
        if (length < HeaderSize || length > _left.Length)
        {
            return false;
        }

        Type = MemoryMarshal.Read<ushort>(_left[2..]) & TypeMask;
        Value = _left[HeaderSize..length];
        _left = _left[Math.Min(_left.Length, Aligned(length))..];
        return true;
    }

    /// <summary>A length with its padding.</summary>
    /// <param name="length">Without.</param>
    internal static int Aligned(int length) => (length + 3) & ~3;
}
