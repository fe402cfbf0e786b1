using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using NodeMesh.Proxy.Outbound;

namespace NodeMesh.Proxy.Http.Sniffing;

/// <summary>Reads the server name of a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3); pure, and believes no length.</summary>
internal static class ClientHelloReader
{
    private const byte HandshakeRecord = 22;
    private const byte ClientHello = 1;
    private const ushort ServerNameExtension = 0;
    private const int RecordHeader = 5;
    private const int HandshakeHeader = 4;

    /// <summary>Hellos with post-quantum keys have some 2 KiB; what is longer than this is none.</summary>
    private const int Longest = 16 * 1024;

    /// <summary>Looks at the first bytes.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="hello">What they say; nothing where they are not TLS.</param>
    /// <returns>False when more bytes are needed.</returns>
    public static bool TryRead(in ReadOnlySequence<byte> bytes, out TlsHello hello)
    {
        hello = default;
        if (bytes.IsEmpty)
        {
            return false;
        }

        if (bytes.FirstSpan[0] != HandshakeRecord)
        {
            return true;
        }

        var seen = bytes.Slice(0, Math.Min(bytes.Length, Longest + RecordHeader)).ToArray();
        var message = Unwrap(seen, out var isBroken);
        if (isBroken)
        {
            return true;
        }

        if (message.Length < HandshakeHeader)
        {
            return bytes.Length > Longest;
        }

        if (message[0] != ClientHello)
        {
            return true;
        }

        var length = (message[1] << 16) | (message[2] << 8) | message[3];
        if (length > Longest)
        {
            return true;
        }

        if (message.Length < HandshakeHeader + length)
        {
            return bytes.Length > Longest;
        }

        hello = new TlsHello(true, FindServerName(message.AsSpan(HandshakeHeader, length)));
        return true;
    }

    /// <summary>The handshake message out of the records that it came in; as much as there is of it.</summary>
    private static byte[] Unwrap(ReadOnlySpan<byte> bytes, out bool isBroken)
    {
        isBroken = false;
        var message = new ArrayBufferWriter<byte>();
        while (bytes.Length >= RecordHeader)
        {
            // The version of records is 3.1 in a first hello and 3.3 afterwards.
            if (bytes[0] != HandshakeRecord || bytes[1] != 3)
            {
                isBroken = true;
                break;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            message.Write(bytes.Slice(RecordHeader, Math.Min(length, bytes.Length - RecordHeader)));
            bytes = bytes[Math.Min(RecordHeader + length, bytes.Length)..];
            if (length == 0)
            {
                isBroken = true;
            }
        }

        return message.WrittenSpan.ToArray();
    }

    private static string? FindServerName(ReadOnlySpan<byte> hello)
    {
        // Version and random, then session, cipher suites and compression, each behind its length.
        if (!TryTake(ref hello, 2 + 32, out _) || !TryTakeVector(ref hello, 1, out _) || !TryTakeVector(ref hello, 2, out _) || !TryTakeVector(ref hello, 1, out _)
            || !TryTakeVector(ref hello, 2, out var extensions))
        {
            return null;
        }

        while (TryTake(ref extensions, 2, out var type) && TryTakeVector(ref extensions, 2, out var body))
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(type) == ServerNameExtension)
            {
                return ReadNames(body);
            }
        }

        return null;
    }

    private static string? ReadNames(ReadOnlySpan<byte> body)
    {
        // A list of one: host_name is the only type that there is.
        if (!TryTakeVector(ref body, 2, out var list) || !TryTake(ref list, 1, out var type) || type[0] != 0 || !TryTakeVector(ref list, 2, out var name))
        {
            return null;
        }

        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) ? null : Encoding.ASCII.GetString(name).TrimEnd('.').ToLowerInvariant();
    }

    private static bool TryTake(ref ReadOnlySpan<byte> from, int count, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (from.Length < count)
        {
            return false;
        }

        taken = from[..count];
        from = from[count..];
        return true;
    }

    private static bool TryTakeVector(ref ReadOnlySpan<byte> from, int lengthBytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (!TryTake(ref from, lengthBytes, out var prefix))
        {
            return false;
        }

        var length = lengthBytes == 1 ? prefix[0] : BinaryPrimitives.ReadUInt16BigEndian(prefix);
        return TryTake(ref from, length, out taken);
    }
}
