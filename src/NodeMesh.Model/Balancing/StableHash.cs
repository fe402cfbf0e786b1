using System.Net;

namespace NodeMesh.Model.Balancing;

/// <summary>A hash that is the same in every process and on every node, so that all proxies send one key to one endpoint. Not for adversaries: a client that knows its key may choose its endpoint anyhow.</summary>
public static class StableHash
{
    // FNV-1a, 64 bits.
    private const ulong Offset = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <summary>The hash of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its hash.</returns>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Offset;
        foreach (var c in text)
        {
            hash = (hash ^ (byte)c) * Prime;
            hash = (hash ^ (byte)(c >> 8)) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>The hash of an address; an IPv4-mapped one counts as IPv4.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Its hash.</returns>
    public static ulong Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
        {
            throw new ArgumentException("an address has at most 16 bytes", nameof(address));
        }

        var part = address.IsIPv4MappedToIPv6 ? bytes[12..16] : bytes[..length];
        var hash = Offset;
        foreach (var b in part)
        {
            hash = (hash ^ b) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>Spreads a number over all 64 bits (the finaliser of SplitMix64): FNV alone leaves the high bits of short keys alike.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its hash.</returns>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
