using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeMesh.Model.Resilience;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>
/// The head of a response: status line and headers (RFC 9112 sections 4 and 5). A connection has one and uses it again: an endpoint's heads are mostly the
/// same but for a date, so lines that are as in the last head keep their strings, and a head that is the same to the byte is not read again.
/// </summary>
internal sealed class Http1Head
{
    /// <summary>Envoy's limit.</summary>
    public const int LongestHead = 60 * 1024;

    private const int StatusLineLength = 12;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> ForbiddenInValue = SearchValues.Create("\0\r"u8);

    private byte[] _raw = [];
    private byte[] _lastRaw = [];
    private int _rawLength;
    private Line[] _lines = new Line[16];
    private Line[] _lastLines = new Line[16];
    private int _count;
    private int _grpcStatus;
    private bool _isRateLimited;
    private StringValues _connection;

    /// <summary>The status.</summary>
    public int Status { get; private set; }

    /// <summary>The text beside it.</summary>
    public string ReasonPhrase { get; private set; } = "";

    /// <summary>What <c>Content-Length</c> says; null when it is not there.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>True when the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>True when the endpoint takes another request on the connection.</summary>
    public bool KeepsAlive { get; private set; }

    /// <summary>The gRPC status among the headers; null for none.</summary>
    public int? GrpcStatus => _grpcStatus < 0 ? null : _grpcStatus;

    /// <summary>What it means for retries and outlier detection.</summary>
    public AttemptOutcome Outcome => AttemptOutcome.Answered(Status, _grpcStatus, _isRateLimited);

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">What has come, from its first byte on.</param>
    /// <param name="length">The head's length.</param>
    /// <returns>False when it is not whole yet.</returns>
    /// <exception cref="Http1FormatException">It is no head.</exception>
    public bool TryRead(ReadOnlySpan<byte> bytes, out int length)
    {
        if (_rawLength > 0 && bytes.Length >= _rawLength && bytes[.._rawLength].SequenceEqual(_raw.AsSpan(0, _rawLength)))
        {
            length = _rawLength;
            return true;
        }

        length = FindEnd(bytes);
        if (length == 0)
        {
            return bytes.Length <= LongestHead ? false : throw new Http1FormatException($"the head is longer than {LongestHead} bytes");
        }

        Read(bytes[..length]);
        return true;
    }

    /// <summary>Gives the headers to the client, but for those that are meant for this hop.</summary>
    /// <param name="target">The client's headers.</param>
    public void CopyTo(IHeaderDictionary target)
    {
        foreach (ref readonly var line in _lines.AsSpan(0, _count))
        {
            if (line.IsDropped)
            {
                continue;
            }

            if (line.IsRepeated)
            {
                target.Append(line.Name, line.Value);
            }
            else
            {
                target[line.Name] = line.Value;
            }
        }
    }

    /// <summary>Reads one line of a head, or of trailers.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="value">What follows the colon, without spaces around it.</param>
    /// <returns>The length of the name, which the line begins with.</returns>
    /// <exception cref="Http1FormatException">It is no header.</exception>
    public static int Split(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(NameBytes))
        {
            // Also a line that begins with a space, by which headers were once continued (RFC 9112 section 5.2).
            throw new Http1FormatException("a line of the head is no header");
        }

        value = line[(colon + 1)..].Trim(" \t"u8);
        return value.ContainsAny(ForbiddenInValue) ? throw new Http1FormatException("a header has a character that none may have") : colon;
    }

    /// <summary>The length of the head with its empty line; 0 when that has not come. Lines may end with LF alone (RFC 9112 section 2.2).</summary>
    private static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (bytes[at..].IndexOf((byte)'\n') is var feed and >= 0)
        {
            at += feed + 1;
            var rest = bytes[at..];
            if (rest.StartsWith("\n"u8))
            {
                return at + 1;
            }

            if (rest.StartsWith("\r\n"u8))
            {
                return at + 2;
            }
        }

        return 0;
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        // What is compared with is only whole again when this head was read to its end.
        var lastCount = _rawLength == 0 ? 0 : _count;
        (_raw, _lastRaw, _lines, _lastLines, _rawLength, _count) = (_lastRaw, _raw, _lastLines, _lines, 0, 0);
        if (_raw.Length < bytes.Length)
        {
            _raw = new byte[Math.Max(512, bytes.Length * 2)];
        }

        bytes.CopyTo(_raw);
        (ContentLength, IsChunked, _grpcStatus, _isRateLimited, _connection) = (null, false, -1, false, default);
        var isVersion11 = ReadStatus(NextLine(bytes, out var at));
        while (NextLine(bytes[at..], out var lineLength) is { IsEmpty: false } line)
        {
            ReadHeader(line, at, lastCount);
            at += lineLength;
        }

        if (IsChunked && ContentLength is not null)
        {
            throw new Http1FormatException("Content-Length and Transfer-Encoding contradict each other");
        }

        KeepsAlive = isVersion11 ? !HopByHop.IsListed("close", _connection) : HopByHop.IsListed("keep-alive", _connection);
        foreach (ref var line in _lines.AsSpan(0, _count))
        {
            line.IsDropped = HopByHop.IsDropped(line.Name, _connection);
        }

        _rawLength = bytes.Length;
    }

    private static ReadOnlySpan<byte> NextLine(ReadOnlySpan<byte> bytes, out int length)
    {
        var feed = bytes.IndexOf((byte)'\n');
        length = feed + 1;
        var line = bytes[..Math.Max(feed, 0)];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private bool ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < StatusLineLength || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' '
            || !int.TryParse(line[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100
            || (line.Length > StatusLineLength && line[12] != ' '))
        {
            throw new Http1FormatException("the answer does not begin with a status line");
        }

        Status = status;
        var reason = line.Length > StatusLineLength ? line[(StatusLineLength + 1)..] : default;
        if (reason.Length != ReasonPhrase.Length || !Ascii.Equals(reason, ReasonPhrase))
        {
            ReasonPhrase = Encoding.Latin1.GetString(reason);
        }

        return line[7] == '1';
    }

    private void ReadHeader(ReadOnlySpan<byte> text, int start, int lastCount)
    {
        var colon = Split(text, out var value);
        if (_count == _lines.Length)
        {
            Array.Resize(ref _lines, _count * 2);
        }

        ref var line = ref _lines[_count];
        line = new Line { Start = start, NameLength = colon, Length = text.Length };
        var last = _count < lastCount ? _lastLines[_count] : default;
        var lastText = _lastRaw.AsSpan(last.Start, last.Length);
        line.Name = last.NameLength == colon && lastText[..colon].SequenceEqual(text[..colon]) ? last.Name : Encoding.ASCII.GetString(text[..colon]);
        line.Value = lastText.SequenceEqual(text) ? last.Value : Encoding.Latin1.GetString(value);
        for (var i = 0; i < _count && !line.IsRepeated; i++)
        {
            line.IsRepeated = _lines[i].NameLength == colon && _lines[i].Name.Equals(line.Name, StringComparison.OrdinalIgnoreCase);
        }

        _count++;
        Note(line.Name, line.Value);
    }

    private void Note(string name, string value)
    {
        switch (name.Length)
        {
            case 10 when Is("Connection"):
                _connection = StringValues.Concat(_connection, value);
                break;
            case 11 when Is("grpc-status"):
                _grpcStatus = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : -1;
                break;
            case 14 when Is("Content-Length"):
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || (ContentLength is { } other && other != length))
                {
                    throw new Http1FormatException($"Content-Length is {value}");
                }

                ContentLength = length;
                break;
            case 17 when Is("Transfer-Encoding"):
                if (IsChunked || !value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                {
                    throw new Http1FormatException($"Transfer-Encoding is {value}; only chunked is known");
                }

                IsChunked = true;
                break;
            case 19 when Is("x-envoy-ratelimited"):
                _isRateLimited = true;
                break;
        }

        bool Is(string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    private struct Line
    {
        public int Start;
        public int NameLength;
        public int Length;
        public string Name;
        public string Value;
        public bool IsDropped;
        public bool IsRepeated;
    }
}
