using System.Buffers;
using System.Text;
using NodeMesh.Proxy.Http.Sniffing;

namespace NodeMesh.Proxy.Tests.Http;

public sealed class ProtocolSnifferTests
{
    [Theory]
    [InlineData("", WireProtocol.Unknown)]
    [InlineData("G", WireProtocol.Unknown)]
    [InlineData("GET", WireProtocol.Unknown)]
    [InlineData("GET ", WireProtocol.Unknown)]
    [InlineData("GET /", WireProtocol.Http1)]
    [InlineData("OPTIONS * HTTP/1.1", WireProtocol.Http1)]
    [InlineData("GET http://web/ HTTP/1.1", WireProtocol.Http1)]
    [InlineData("GET ht", WireProtocol.Unknown)]
    [InlineData("CONNECT web:80 HTTP/1.1", WireProtocol.Http1)]
    [InlineData("\r\nGET /", WireProtocol.Http1)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", WireProtocol.Http2)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM", WireProtocol.Unknown)]
    [InlineData("PRI * HTTP/1.1\r\n", WireProtocol.Http1)]
    [InlineData("\u0016\u0003\u0001\u0002", WireProtocol.Tls)]
    [InlineData("EHLO example.com\r\n", WireProtocol.Opaque)]
    [InlineData("*1\r\n$4\r\nPING\r\n", WireProtocol.Opaque)]
    [InlineData("get key\r\n", WireProtocol.Opaque)]
    [InlineData("a1 LOGIN", WireProtocol.Opaque)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", WireProtocol.Opaque)]
    [InlineData("\0\0\0\u0008\u0004\u00d2\u0016\u002f", WireProtocol.Opaque)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", WireProtocol.Opaque)]
    internal void Detect_OnAnUndeclaredPort_TellsHttpByItsFirstBytes(string bytes, WireProtocol expected)
    {
        Assert.Equal(expected, ProtocolSniffer.Detect(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes)), isDeclared: false));
    }

    [Theory]
    [InlineData("nonsense", WireProtocol.Http1)]
    [InlineData("\u0016\u0003\u0001", WireProtocol.Tls)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", WireProtocol.Http2)]
    [InlineData("P", WireProtocol.Unknown)]
    internal void Detect_OnADeclaredPort_TakesWhatIsNeitherTlsNorHttp2ForHttp1(string bytes, WireProtocol expected)
    {
        Assert.Equal(expected, ProtocolSniffer.Detect(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes)), isDeclared: true));
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0", WireProtocol.Http2)]
    [InlineData("PATCH /things HTTP/1.1\r\n", WireProtocol.Http1)]
    [InlineData("EHLO example.com\r\n", WireProtocol.Opaque)]
    internal void Detect_OfBytesInManySegments_IsTheSame(string bytes, WireProtocol expected)
    {
        var parts = Encoding.Latin1.GetBytes(bytes).Select(b => new[] { b }).ToList();
        var first = new Part(parts[0]);
        var last = parts.Skip(1).Aggregate(first, (part, next) => part.Append(next));

        Assert.Equal(expected, ProtocolSniffer.Detect(new ReadOnlySequence<byte>(first, 0, last, 1), isDeclared: false));
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(byte[] bytes) => Memory = bytes;

        public Part Append(byte[] bytes)
        {
            var part = new Part(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = part;
            return part;
        }
    }
}
