using System.Buffers;

namespace NodeMesh.Proxy.Http.Sniffing;

/// <summary>Tells protocols by a client's first bytes; pure.</summary>
internal static class ProtocolSniffer
{
    /// <summary>A TLS record of type handshake; no HTTP method begins so.</summary>
    private const byte TlsHandshake = 0x16;

    /// <summary>Longer than the longest registered method, BASELINE-CONTROL.</summary>
    private const int LongestMethod = 24;

    /// <summary>So many bytes decide: a method, a space, and the target's scheme.</summary>
    private const int Enough = LongestMethod + 8;

    /// <summary>RFC 9110 section 5.6.2.</summary>
    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Looks at the first bytes.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="isDeclared">True when the port is known to carry HTTP: then what is neither TLS nor HTTP/2 is HTTP/1, to be refused with 400 if need be.</param>
    /// <returns>The protocol; <see cref="WireProtocol.Unknown"/> when more bytes are needed.</returns>
    public static WireProtocol Detect(in ReadOnlySequence<byte> bytes, bool isDeclared)
    {
        if (bytes.IsEmpty)
        {
            return WireProtocol.Unknown;
        }

        if (bytes.IsSingleSegment || bytes.FirstSpan.Length >= Enough)
        {
            return Detect(bytes.FirstSpan, isDeclared);
        }

        Span<byte> copy = stackalloc byte[Enough];
        var part = bytes.Slice(0, Math.Min(Enough, bytes.Length));
        part.CopyTo(copy);
        return Detect(copy[..(int)part.Length], isDeclared);
    }

    private static WireProtocol Detect(ReadOnlySpan<byte> bytes, bool isDeclared)
    {
        if (bytes[0] == TlsHandshake)
        {
            return WireProtocol.Tls;
        }

        // The whole preface: PRI alone could be an HTTP/1 request with an unknown method.
        var common = bytes.CommonPrefixLength(Preface);
        if (common == Preface.Length)
        {
            return WireProtocol.Http2;
        }

        if (common == bytes.Length)
        {
            return WireProtocol.Unknown;
        }

        return isDeclared ? WireProtocol.Http1 : DetectRequestLine(bytes);
    }

    /// <summary>A method in capitals, a space, and a target as RFC 9112 section 3.2 has them: other text protocols (SMTP, IMAP, Redis, memcached) do not begin so.</summary>
    private static WireProtocol DetectRequestLine(ReadOnlySpan<byte> bytes)
    {
        // An empty line before the request line is to be ignored (RFC 9112 section 2.2).
        if (bytes is [(byte)'\r', ..])
        {
            return bytes.Length == 1 ? WireProtocol.Unknown : bytes[1] == '\n' ? WireProtocol.Http1 : WireProtocol.Opaque;
        }

        var end = bytes.IndexOfAnyExcept(TokenBytes);
        if (end < 0)
        {
            return bytes.Length > LongestMethod ? WireProtocol.Opaque : WireProtocol.Unknown;
        }

        if (end is 0 or > LongestMethod || bytes[end] != ' ' || bytes[..end].ContainsAnyInRange((byte)'a', (byte)'z'))
        {
            return WireProtocol.Opaque;
        }

        if (bytes.Length == end + 1)
        {
            return WireProtocol.Unknown;
        }

        // Origin-form, asterisk-form, absolute-form; CONNECT's authority-form may begin with a digit, a letter or a bracket.
        var target = bytes[end + 1];
        return target is (byte)'/' or (byte)'*' || bytes[(end + 1)..].StartsWith("http"u8) || bytes[..end].SequenceEqual("CONNECT"u8)
            ? WireProtocol.Http1
            : target == 'h' && bytes.Length < end + 5 ? WireProtocol.Unknown : WireProtocol.Opaque;
    }
}
