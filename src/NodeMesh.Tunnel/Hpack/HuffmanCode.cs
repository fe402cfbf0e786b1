using System.Buffers.Binary;

namespace NodeMesh.Tunnel.Hpack;

/// <summary>
/// The Huffman code of RFC 7541 appendix B. It is canonical, so the lengths of the codes say everything: codes of one
/// length are consecutive in the order of their symbols, and the first of a length follows the last of the length before.
/// </summary>
internal static class HuffmanCode
{
    private const int MinLength = 5;
    private const int MaxLength = 30;
    private const int EndOfString = 256;

    private static readonly uint[] Codes = new uint[257];

    // Per length: the symbols' codes, moved to the top of 32 bits, are below Limits; the first is First; it is Symbols[Offsets].
    private static readonly uint[] Limits = new uint[MaxLength + 1];
    private static readonly uint[] First = new uint[MaxLength + 1];
    private static readonly int[] Offsets = new int[MaxLength + 1];
    private static readonly ushort[] Symbols = new ushort[257];

    static HuffmanCode()
    {
        var code = 0u;
        var sorted = 0;
        for (var length = MinLength; length <= MaxLength; length++)
        {
            First[length] = code;
            Offsets[length] = sorted;
            for (var symbol = 0; symbol < Lengths.Length; symbol++)
            {
                if (Lengths[symbol] == length)
                {
                    Codes[symbol] = code++;
                    Symbols[sorted++] = (ushort)symbol;
                }
            }

            // The last code is all ones, so its limit would be 2^32: it saturates, and no input reaches it but that code.
            Limits[length] = (uint)Math.Min((ulong)code << (32 - length), uint.MaxValue);
            code <<= 1;
        }
    }

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>The length of a text once encoded.</summary>
    /// <param name="text">Its bytes.</param>
    /// <returns>Bytes.</returns>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        var bits = 0L;
        foreach (var b in text)
        {
            bits += Lengths[b];
        }

        return (int)((bits + 7) / 8);
    }

    /// <summary>Encodes a text, padded with ones (section 5.2).</summary>
    /// <param name="text">Its bytes.</param>
    /// <param name="to">Room for <see cref="EncodedLength"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Encode(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var at = 0;
        var bits = 0ul;
        var count = 0;
        foreach (var b in text)
        {
            bits = (bits << Lengths[b]) | Codes[b];
            count += Lengths[b];
            while (count >= 8)
            {
                count -= 8;
                to[at++] = (byte)(bits >> count);
            }
        }

        if (count > 0)
        {
            to[at++] = (byte)((bits << (8 - count)) | (0xffu >> count));
        }

        return at;
    }

    /// <summary>Decodes a text.</summary>
    /// <param name="from">The encoded bytes.</param>
    /// <param name="to">Room for 8/5 of their number: no code is shorter than five bits.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="HpackException">It holds the end-of-string symbol, or its padding is longer than 7 bits or not all ones (section 5.2).</exception>
    public static int Decode(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var written = 0;
        var bit = 0;
        var end = from.Length * 8;
        while (bit < end)
        {
            var window = Window(from, bit);
            var length = MinLength;
            while (window >= Limits[length] && length < MaxLength)
            {
                length++;
            }

            if (length > end - bit)
            {
                CheckPadding(window, end - bit);
                break;
            }

            var symbol = Symbols[Offsets[length] + (int)((window >> (32 - length)) - First[length])];
            if (symbol == EndOfString)
            {
                throw new HpackException("a Huffman string holds the end-of-string symbol");
            }

            to[written++] = (byte)symbol;
            bit += length;
        }

        return written;
    }

    // The 32 bits from a bit on, with ones behind the end.
    private static uint Window(ReadOnlySpan<byte> from, int bit)
    {
        var start = bit >> 3;
        ulong bits;
        if (from.Length - start >= 8)
        {
            bits = BinaryPrimitives.ReadUInt64BigEndian(from[start..]);
        }
        else
        {
            bits = ulong.MaxValue;
            for (var i = 0; i < from.Length - start; i++)
            {
                var shift = 56 - (8 * i);
                bits = (bits & ~(0xfful << shift)) | ((ulong)from[start + i] << shift);
            }
        }

        return (uint)((bits << (bit & 7)) >> 32);
    }

    private static void CheckPadding(uint window, int left)
    {
        if (left > 7 || window >> (32 - left) != (1u << left) - 1)
        {
            throw new HpackException("the padding of a Huffman string is longer than 7 bits or not all ones");
        }
    }
}
