using System.Collections.Immutable;

namespace NodeMesh.Dns;

/// <summary>A DNS message (RFC 1035 section 4).</summary>
public sealed record DnsMessage
{
    /// <summary>The largest message over UDP without EDNS0, in bytes (RFC 1035 section 4.2.1).</summary>
    public const int PlainUdpLimit = 512;

    /// <summary>The largest message over TCP, in bytes.</summary>
    public const int TcpLimit = 65535;

    /// <summary>The length of the header, in bytes.</summary>
    public const int HeaderLength = 12;

    /// <summary>Ties an answer to its question.</summary>
    public required ushort Id { get; init; }

    /// <summary>True for an answer.</summary>
    public bool IsResponse { get; init; }

    /// <summary>The kind of question: 0 for a standard one.</summary>
    public int OpCode { get; init; }

    /// <summary>The server is the authority for the name.</summary>
    public bool Authoritative { get; init; }

    /// <summary>Records were left out since they did not fit: ask over TCP.</summary>
    public bool Truncated { get; init; }

    /// <summary>The client wants the server to ask others.</summary>
    public bool RecursionDesired { get; init; }

    /// <summary>The server asks others.</summary>
    public bool RecursionAvailable { get; init; }

    /// <summary>The server verified the data (RFC 4035).</summary>
    public bool AuthenticData { get; init; }

    /// <summary>The client verifies by itself (RFC 4035).</summary>
    public bool CheckingDisabled { get; init; }

    /// <summary>How it went.</summary>
    public DnsResponseCode ResponseCode { get; init; }

    /// <summary>The questions; servers answer messages with exactly one.</summary>
    public ImmutableArray<DnsQuestion> Questions { get; init; } = [];

    /// <summary>The answers.</summary>
    public ImmutableArray<DnsRecord> Answers { get; init; } = [];

    /// <summary>Who is the authority.</summary>
    public ImmutableArray<DnsRecord> Authorities { get; init; } = [];

    /// <summary>What may be of use beside, without the EDNS0 record.</summary>
    public ImmutableArray<DnsRecord> Additionals { get; init; } = [];

    /// <summary>The EDNS0 part; null without one.</summary>
    public DnsEdns? Edns { get; init; }

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The whole message.</param>
    /// <returns>The message.</returns>
    /// <exception cref="DnsFormatException">It is cut short, a name loops, or a count is wrong.</exception>
    public static DnsMessage Parse(ReadOnlyMemory<byte> bytes) => DnsReader.Read(bytes);

    /// <summary>An answer to this question with its id, its question and what it says of recursion.</summary>
    /// <param name="code">How it went.</param>
    /// <returns>The answer, without records.</returns>
    public DnsMessage Reply(DnsResponseCode code) => new()
    {
        Id = Id,
        IsResponse = true,
        OpCode = OpCode,
        RecursionDesired = RecursionDesired,
        RecursionAvailable = true,
        CheckingDisabled = CheckingDisabled,
        ResponseCode = code,
        Questions = Questions,
        Edns = Edns is null ? null : new DnsEdns(DnsWriter.OwnUdpPayloadSize, Edns.Value.DnssecOk, 0),
    };

    /// <summary>Writes the message.</summary>
    /// <param name="limit">The most bytes; records that do not fit are left out, and <see cref="Truncated"/> is set where an answer was.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DnsFormatException">A name cannot be written, or not even header and question fit.</exception>
    public byte[] ToArray(int limit = TcpLimit) => DnsWriter.Write(this, limit);
}
