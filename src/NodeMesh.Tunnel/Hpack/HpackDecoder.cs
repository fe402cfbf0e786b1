using System.Buffers;
using System.Text;

namespace NodeMesh.Tunnel.Hpack;

/// <summary>Decodes header blocks (RFC 7541 sections 3 and 6). One per connection and direction: blocks must be given in the order in which they came.</summary>
/// <param name="maxTableSize">The SETTINGS_HEADER_TABLE_SIZE that we announced.</param>
/// <param name="maxListSize">The largest header list accepted, as RFC 9113 section 10.5.1 counts it.</param>
internal sealed class HpackDecoder(int maxTableSize, int maxListSize)
{
    private readonly HpackDynamicTable _table = new(maxTableSize);

    /// <summary>Decodes one whole block.</summary>
    /// <param name="block">The fragments of HEADERS and its CONTINUATIONs, joined.</param>
    /// <param name="fields">Where the fields are added, in order.</param>
    /// <exception cref="HpackException">The block is malformed or too large.</exception>
    public void Decode(ReadOnlySpan<byte> block, List<KeyValuePair<string, string>> fields)
    {
        var size = 0;
        var at = 0;
        var updates = 0;
        while (at < block.Length)
        {
            var first = block[at];
            if ((first & 0xe0) == 0x20)
            {
                // Section 4.2: at most two, at the beginning of a block.
                if (size > 0 || ++updates > 2)
                {
                    throw new HpackException("a table size update is not at the beginning of the header block");
                }

                Resize(HpackInteger.Read(block, ref at, 5));
                continue;
            }

            var field = (first & 0x80) != 0 ? Lookup(HpackInteger.Read(block, ref at, 7)) : ReadLiteral(block, ref at, first);

            // Entries of the dynamic table are referred to by one byte, so the list must be measured, not the block.
            size += HpackDynamicTable.SizeOf(field.Key, field.Value);
            if (size > maxListSize)
            {
                throw new HpackException($"the header list is larger than {maxListSize} bytes", tooLarge: true);
            }

            fields.Add(field);
        }
    }

    private static string ReadString(ReadOnlySpan<byte> block, ref int at, int limit)
    {
        if (at >= block.Length)
        {
            throw new HpackException("the header block ends before a string");
        }

        var huffman = (block[at] & 0x80) != 0;
        var length = HpackInteger.Read(block, ref at, 7);
        if (length > block.Length - at)
        {
            throw new HpackException("the header block ends inside a string");
        }

        var bytes = block.Slice(at, length);
        at += length;
        return huffman ? DecodeHuffman(bytes, limit) : Encoding.Latin1.GetString(bytes);
    }

    private static string DecodeHuffman(ReadOnlySpan<byte> bytes, int limit)
    {
        if (bytes.Length > limit)
        {
            throw new HpackException($"the header list is larger than {limit} bytes", tooLarge: true);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((bytes.Length * 8 / 5) + 1);
        try
        {
            var length = HuffmanCode.Decode(bytes, buffer);
            return Encoding.Latin1.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private KeyValuePair<string, string> ReadLiteral(ReadOnlySpan<byte> block, ref int at, byte first)
    {
        // Section 6.2: 01 with incremental indexing, 0000 without, 0001 never.
        var indexed = (first & 0xc0) == 0x40;
        var index = HpackInteger.Read(block, ref at, indexed ? 6 : 4);
        var name = index == 0 ? ReadString(block, ref at, maxListSize) : Lookup(index).Key;
        var value = ReadString(block, ref at, maxListSize);
        if (indexed)
        {
            _table.Add(name, value);
        }

        return new KeyValuePair<string, string>(name, value);
    }

    private KeyValuePair<string, string> Lookup(int index)
    {
        if (index == 0 || index > HpackStaticTable.Count + _table.Count)
        {
            throw new HpackException($"the header block refers to entry {index}, which does not exist");
        }

        return index <= HpackStaticTable.Count ? HpackStaticTable.Get(index) : _table.Get(index - HpackStaticTable.Count - 1);
    }

    private void Resize(int capacity)
    {
        // Section 6.3: larger than what we announced is a decoding error.
        if (capacity > maxTableSize)
        {
            throw new HpackException($"a table size update to {capacity} exceeds the announced {maxTableSize}");
        }

        _table.Resize(capacity);
    }
}
