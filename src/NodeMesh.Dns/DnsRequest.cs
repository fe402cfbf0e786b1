using System.Net;

namespace NodeMesh.Dns;

/// <summary>A question that came in.</summary>
/// <param name="Message">The message; it has exactly one question.</param>
/// <param name="Raw">The same as bytes; valid until the handler has answered.</param>
/// <param name="Transport">How it came.</param>
/// <param name="Client">From where.</param>
public sealed record DnsRequest(DnsMessage Message, ReadOnlyMemory<byte> Raw, DnsTransport Transport, IPEndPoint Client)
{
    /// <summary>The question.</summary>
    public DnsQuestion Question => Message.Questions[0];

    /// <summary>The most bytes that an answer may have: the limit of TCP, or what the client said it takes over UDP, at least 512 (RFC 6891 section 6.2.3).</summary>
    public int AnswerLimit => Transport == DnsTransport.Tcp ? DnsMessage.TcpLimit : Math.Max(DnsMessage.PlainUdpLimit, (int)(Message.Edns?.UdpPayloadSize ?? DnsMessage.PlainUdpLimit));
}
