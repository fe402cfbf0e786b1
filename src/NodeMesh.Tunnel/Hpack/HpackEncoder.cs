using System.Buffers;
using System.Text;

namespace NodeMesh.Tunnel.Hpack;

/// <summary>
/// Encodes header blocks. Fields that repeat from connection to connection (authority, baggage, the identity that is meant) go into the dynamic table.
/// Of those that differ each time (forwarded, traceparent) only the name does: a value would push the others out, and is sent as it is, since a Huffman
/// code would save some twenty bytes and cost either end a microsecond.
/// One per connection and direction: blocks must be sent in the order in which they were encoded.
/// </summary>
internal sealed class HpackEncoder
{
    /// <summary>The table's size until the peer says otherwise (RFC 9113 section 6.5.2), and the most that we use of what it allows.</summary>
    public const int DefaultTableSize = 4096;

    private readonly HpackDynamicTable _table = new(DefaultTableSize);
    private int _smallestPending = -1;

    /// <summary>Takes over the peer's SETTINGS_HEADER_TABLE_SIZE; the next block announces the change (RFC 7541 section 4.2).</summary>
    /// <param name="size">The peer's limit.</param>
    public void SetPeerTableSize(uint size)
    {
        var capacity = (int)Math.Min(size, DefaultTableSize);
        if (capacity != _table.Capacity)
        {
            _smallestPending = _smallestPending < 0 ? capacity : Math.Min(_smallestPending, capacity);
            _table.Resize(capacity);
        }
    }

    /// <summary>Encodes a whole block.</summary>
    /// <param name="fields">The fields in order; characters above U+00FF become question marks.</param>
    /// <param name="to">Where the bytes are appended.</param>
    public void Encode(IEnumerable<KeyValuePair<string, string>> fields, IBufferWriter<byte> to)
    {
        if (_smallestPending >= 0)
        {
            // Both the smallest and the final size of the interval must be announced.
            if (_smallestPending < _table.Capacity)
            {
                WriteInteger(to, _smallestPending, 5, 0x20);
            }

            WriteInteger(to, _table.Capacity, 5, 0x20);
            _smallestPending = -1;
        }

        foreach (var (name, value) in fields)
        {
            EncodeField(name, value, to);
        }
    }

    private static bool IsRepeated(string name) => name is ":authority" or ":method" or ":status" or "baggage" or "user-agent" or "nodemesh-destination";

    private static bool IsUnique(string name) => name is "forwarded" or "traceparent";

    private static void WriteInteger(IBufferWriter<byte> to, int value, int prefixBits, byte flags) =>
        to.Advance(HpackInteger.Write(to.GetSpan(HpackInteger.MaxLength), value, prefixBits, flags));

    private static void WriteString(IBufferWriter<byte> to, string text)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, text.Length));
        var bytes = rented.AsSpan(0, Encoding.Latin1.GetBytes(text, rented));
        var encoded = HuffmanCode.EncodedLength(bytes);
        if (encoded < bytes.Length)
        {
            WriteInteger(to, encoded, 7, 0x80);
            to.Advance(HuffmanCode.Encode(bytes, to.GetSpan(encoded)));
        }
        else
        {
            WriteInteger(to, bytes.Length, 7, 0);
            to.Write(bytes);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void WriteRaw(IBufferWriter<byte> to, string text)
    {
        WriteInteger(to, text.Length, 7, 0);
        to.Advance(Encoding.Latin1.GetBytes(text, to.GetSpan(text.Length)));
    }

    private void EncodeField(string name, string value, IBufferWriter<byte> to)
    {
        var (index, exact) = HpackStaticTable.Find(name, value);
        if (!exact)
        {
            var (dynamicIndex, dynamicExact) = _table.Find(name, value);
            if (dynamicExact || (index == 0 && dynamicIndex >= 0))
            {
                index = dynamicIndex + HpackStaticTable.Count + 1;
                exact = dynamicExact;
            }
        }

        if (exact)
        {
            WriteInteger(to, index, 7, 0x80);
            return;
        }

        // An entry of more than a quarter of the table would push out more than it saves.
        var unique = IsUnique(name);
        var indexed = (IsRepeated(name) || (unique && index == 0)) && HpackDynamicTable.SizeOf(name, value) <= _table.Capacity / 4;
        WriteInteger(to, index, indexed ? 6 : 4, indexed ? (byte)0x40 : (byte)0x00);
        if (index == 0)
        {
            WriteString(to, name);
        }

        if (unique)
        {
            WriteRaw(to, value);
        }
        else
        {
            WriteString(to, value);
        }

        if (indexed)
        {
            _table.Add(name, value);
        }
    }
}
