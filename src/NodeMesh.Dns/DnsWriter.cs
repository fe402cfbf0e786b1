using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace NodeMesh.Dns;

/// <summary>Writes messages, compressing names (RFC 1035 section 4.1.4; names inside SRV are written in full, RFC 2782).</summary>
internal sealed class DnsWriter
{
    /// <summary>What our answers say we take over UDP: small enough never to be fragmented (RFC 9715).</summary>
    public const ushort OwnUdpPayloadSize = 1232;

    private const ushort InternetClass = 1;
    private const int MaxNameLength = 255;
    private const int MaxPointer = 0x3fff;
    private const int EdnsLength = 11;

    private readonly byte[] _buffer;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _position;

    private DnsWriter(int limit) => _buffer = new byte[limit];

    /// <summary>Writes a message of at most so many bytes.</summary>
    /// <exception cref="DnsFormatException">A name cannot be written, or not even header and question fit.</exception>
    public static byte[] Write(DnsMessage message, int limit)
    {
        var writer = new DnsWriter(Math.Clamp(limit, DnsMessage.HeaderLength, DnsMessage.TcpLimit));
        return writer.WriteMessage(message);
    }

    private byte[] WriteMessage(DnsMessage message)
    {
        _position = DnsMessage.HeaderLength;
        foreach (var question in message.Questions)
        {
            if (!TryWriteQuestion(question))
            {
                throw new DnsFormatException("the message does not fit its own question");
            }
        }

        var reserve = message.Edns is null ? 0 : EdnsLength;
        var answers = WriteRecords(message.Answers, reserve);
        var truncated = message.Truncated || answers < message.Answers.Length;
        var authorities = truncated ? 0 : WriteRecords(message.Authorities, reserve);
        var additionals = truncated || authorities < message.Authorities.Length ? 0 : WriteRecords(message.Additionals, reserve);
        if (message.Edns is { } edns && _position + EdnsLength <= _buffer.Length)
        {
            WriteEdns(edns);
            additionals++;
        }

        var header = _buffer.AsSpan(0, DnsMessage.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(header, message.Id);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], Flags(message, truncated));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)message.Questions.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(header[8..], (ushort)authorities);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)additionals);
        return _buffer.AsSpan(0, _position).ToArray();
    }

    private static ushort Flags(DnsMessage message, bool truncated)
    {
        var flags = (message.OpCode << DnsFlags.OpCodeShift) | ((int)message.ResponseCode & 0xf);
        flags |= message.IsResponse ? DnsFlags.Response : 0;
        flags |= message.Authoritative ? DnsFlags.Authoritative : 0;
        flags |= truncated ? DnsFlags.Truncated : 0;
        flags |= message.RecursionDesired ? DnsFlags.RecursionDesired : 0;
        flags |= message.RecursionAvailable ? DnsFlags.RecursionAvailable : 0;
        flags |= message.AuthenticData ? DnsFlags.AuthenticData : 0;
        flags |= message.CheckingDisabled ? DnsFlags.CheckingDisabled : 0;
        return (ushort)flags;
    }

    private bool TryWriteQuestion(DnsQuestion question) =>
        TryWriteName(question.Name, compress: true) && TryWriteUInt16((ushort)question.Type) && TryWriteUInt16(InternetClass);

    private int WriteRecords(ImmutableArray<DnsRecord> records, int reserve)
    {
        for (var i = 0; i < records.Length; i++)
        {
            var start = _position;
            if (!TryWriteRecord(records[i]) || _position + reserve > _buffer.Length)
            {
                _position = start;

                // Names that were first written in the record taken back are no longer there to point to.
                foreach (var name in _names.Where(n => n.Value >= start).Select(n => n.Key).ToList())
                {
                    _names.Remove(name);
                }

                return i;
            }
        }

        return records.Length;
    }

    private bool TryWriteRecord(DnsRecord record)
    {
        if (!TryWriteName(record.Name, compress: true) || !TryWriteUInt16((ushort)record.Type) || !TryWriteUInt16(InternetClass)
            || !TryWriteUInt16((ushort)(record.TimeToLive >> 16)) || !TryWriteUInt16((ushort)record.TimeToLive))
        {
            return false;
        }

        var lengthAt = _position;
        if (!TryWriteUInt16(0) || !TryWriteData(record))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(lengthAt), (ushort)(_position - lengthAt - 2));
        return true;
    }

    private bool TryWriteData(DnsRecord record) => record switch
    {
        { Address: { } address } => TryWriteBytes(address.GetAddressBytes()),
        { Type: DnsRecordType.Srv, Target: { } target } =>
            TryWriteUInt16(record.Priority) && TryWriteUInt16(record.Weight) && TryWriteUInt16(record.Port) && TryWriteName(target, compress: false),
        { Target: { } target } => TryWriteName(target, compress: true),
        _ => TryWriteBytes(record.Data.Span),
    };

    private void WriteEdns(DnsEdns edns)
    {
        var at = _buffer.AsSpan(_position, EdnsLength);
        at.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(at[1..], (ushort)DnsRecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(at[3..], edns.UdpPayloadSize);
        at[6] = edns.Version;
        at[7] = edns.DnssecOk ? (byte)0x80 : (byte)0;
        _position += EdnsLength;
    }

    private bool TryWriteName(string name, bool compress)
    {
        var labels = DnsName.Labels(name);
        if (labels.Sum(l => l.Length + 1) + 1 > MaxNameLength)
        {
            throw new DnsFormatException($"'{name}' is longer than 255 bytes");
        }

        for (var i = 0; i < labels.Count; i++)
        {
            var rest = Key(labels, i);
            if (compress && _names.TryGetValue(rest, out var pointer))
            {
                return TryWriteUInt16((ushort)(0xc000 | pointer));
            }

            var start = _position;
            if (!TryWriteBytes([(byte)labels[i].Length]) || !TryWriteBytes(labels[i]))
            {
                return false;
            }

            if (start <= MaxPointer)
            {
                _names.TryAdd(rest, start);
            }
        }

        return TryWriteBytes([0]);
    }

    private static string Key(List<byte[]> labels, int from)
    {
        var text = new StringBuilder();
        for (var i = from; i < labels.Count; i++)
        {
            DnsName.AppendLabel(text, labels[i]);
        }

        return text.ToString();
    }

    private bool TryWriteUInt16(ushort value)
    {
        if (_position + 2 > _buffer.Length)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_position), value);
        _position += 2;
        return true;
    }

    private bool TryWriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_buffer.AsSpan(_position)))
        {
            return false;
        }

        _position += bytes.Length;
        return true;
    }
}
