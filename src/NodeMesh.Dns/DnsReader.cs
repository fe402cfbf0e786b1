using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace NodeMesh.Dns;

/// <summary>Reads messages. Every length is checked before use and every compressed name ends: a pointer must point before the name that it is in (RFC 1035 section 4.1.4).</summary>
internal ref struct DnsReader
{
    private const int MaxNameLength = 255;
    private const int MaxLabelLength = 63;
    private const byte PointerBits = 0xc0;
    private const ushort InternetClass = 1;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    private DnsReader(ReadOnlyMemory<byte> bytes)
    {
        _memory = bytes;
        _bytes = bytes.Span;
    }

    /// <summary>Reads a whole message.</summary>
    /// <exception cref="DnsFormatException">It is malformed.</exception>
    public static DnsMessage Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new DnsReader(bytes);
        return reader.ReadMessage();
    }

    private DnsMessage ReadMessage()
    {
        var id = ReadUInt16();
        var flags = ReadUInt16();
        var questionCount = ReadUInt16();
        var answerCount = ReadUInt16();
        var authorityCount = ReadUInt16();
        var additionalCount = ReadUInt16();
        var questions = ImmutableArray.CreateBuilder<DnsQuestion>();
        for (var i = 0; i < questionCount; i++)
        {
            var name = ReadName();
            var type = (DnsRecordType)ReadUInt16();
            if (ReadUInt16() is var dnsClass && dnsClass != InternetClass)
            {
                throw new DnsFormatException($"a question of class {dnsClass} instead of IN");
            }

            questions.Add(new DnsQuestion(name, type));
        }

        DnsEdns? edns = null;
        var answers = ReadRecords(answerCount, ref edns);
        var authorities = ReadRecords(authorityCount, ref edns);
        var additionals = ReadRecords(additionalCount, ref edns);
        return new DnsMessage
        {
            Id = id,
            IsResponse = (flags & DnsFlags.Response) != 0,
            OpCode = (flags >> DnsFlags.OpCodeShift) & 0xf,
            Authoritative = (flags & DnsFlags.Authoritative) != 0,
            Truncated = (flags & DnsFlags.Truncated) != 0,
            RecursionDesired = (flags & DnsFlags.RecursionDesired) != 0,
            RecursionAvailable = (flags & DnsFlags.RecursionAvailable) != 0,
            AuthenticData = (flags & DnsFlags.AuthenticData) != 0,
            CheckingDisabled = (flags & DnsFlags.CheckingDisabled) != 0,
            ResponseCode = (DnsResponseCode)(flags & 0xf),
            Questions = questions.DrainToImmutable(),
            Answers = answers,
            Authorities = authorities,
            Additionals = additionals,
            Edns = edns,
        };
    }

    private ImmutableArray<DnsRecord> ReadRecords(int count, ref DnsEdns? edns)
    {
        if (count == 0)
        {
            return [];
        }

        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            var name = ReadName();
            var type = (DnsRecordType)ReadUInt16();
            var dnsClass = ReadUInt16();
            var timeToLive = ReadUInt32();
            var length = ReadUInt16();
            var end = _position + length;
            if (end > _bytes.Length)
            {
                throw new DnsFormatException("a record is cut short");
            }

            if (type == DnsRecordType.Opt)
            {
                // Class and time to live of OPT hold the size and the flags (RFC 6891 section 6.1.3).
                edns = new DnsEdns(dnsClass, (timeToLive & 0x8000) != 0, (byte)(timeToLive >> 16));
            }
            else
            {
                records.Add(ReadData(name, type, timeToLive, length));
            }

            if (_position > end)
            {
                throw new DnsFormatException("a record's data is longer than it says");
            }

            _position = end;
        }

        return records.DrainToImmutable();
    }

    private DnsRecord ReadData(string name, DnsRecordType type, uint timeToLive, int length)
    {
        switch (type)
        {
            case DnsRecordType.A when length == 4:
            case DnsRecordType.Aaaa when length == 16:
                return DnsRecord.ForAddress(name, new IPAddress(_bytes.Slice(_position, length)), timeToLive);
            case DnsRecordType.Cname or DnsRecordType.NS or DnsRecordType.Ptr:
                return DnsRecord.ForName(type, name, ReadName(), timeToLive);
            case DnsRecordType.Srv:
                var priority = ReadUInt16();
                var weight = ReadUInt16();
                var port = ReadUInt16();
                return DnsRecord.ForService(name, priority, weight, port, ReadName(), timeToLive);
            case DnsRecordType.A or DnsRecordType.Aaaa:
                throw new DnsFormatException($"an address of {length} bytes");
            default:
                return DnsRecord.ForData(name, type, _memory.Slice(_position, length), timeToLive);
        }
    }

    private string ReadName()
    {
        var text = new StringBuilder();
        var at = _position;
        var lowest = at;
        var jumped = false;
        var total = 0;
        while (true)
        {
            var length = ByteAt(at++);
            if ((length & PointerBits) == PointerBits)
            {
                var target = ((length & ~PointerBits) << 8) | ByteAt(at++);
                if (!jumped)
                {
                    _position = at;
                    jumped = true;
                }

                // Strictly backwards each time: no loop is possible.
                if (target >= lowest)
                {
                    throw new DnsFormatException("a name's pointer does not point backwards");
                }

                lowest = target;
                at = target;
                continue;
            }

            if (length > MaxLabelLength)
            {
                throw new DnsFormatException("a label of an unknown kind");
            }

            total += length + 1;
            if (total > MaxNameLength)
            {
                throw new DnsFormatException("a name longer than 255 bytes");
            }

            if (length == 0)
            {
                _position = jumped ? _position : at;
                return text.ToString();
            }

            if (at + length > _bytes.Length)
            {
                throw new DnsFormatException("a name is cut short");
            }

            DnsName.AppendLabel(text, _bytes.Slice(at, length));
            at += length;
        }
    }

    private readonly byte ByteAt(int index) => index < _bytes.Length ? _bytes[index] : throw new DnsFormatException("the message is cut short");

    private ushort ReadUInt16()
    {
        if (_position + 2 > _bytes.Length)
        {
            throw new DnsFormatException("the message is cut short");
        }

        var value = BinaryPrimitives.ReadUInt16BigEndian(_bytes[_position..]);
        _position += 2;
        return value;
    }

    private uint ReadUInt32() => ((uint)ReadUInt16() << 16) | ReadUInt16();
}
