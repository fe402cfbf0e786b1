namespace NodeMesh.Tunnel.Hpack;

/// <summary>Integers with a prefix (RFC 7541 section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>The most bytes that <see cref="Write"/> needs for a non-negative 32-bit number.</summary>
    public const int MaxLength = 6;

    /// <summary>The largest value that is read: far above every size that is valid here, far below overflow.</summary>
    public const int MaxValue = (1 << 28) - 1;

    /// <summary>Writes a number.</summary>
    /// <param name="to">Where; has room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="value">The number, not negative.</param>
    /// <param name="prefixBits">How many low bits of the first byte belong to it, 1 to 8.</param>
    /// <param name="flags">The high bits of the first byte.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> to, int value, int prefixBits, byte flags)
    {
        var max = (1 << prefixBits) - 1;
        if (value < max)
        {
            to[0] = (byte)(flags | value);
            return 1;
        }

        to[0] = (byte)(flags | max);
        var rest = (uint)(value - max);
        var at = 1;
        while (rest >= 0x80)
        {
            to[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        to[at++] = (byte)rest;
        return at;
    }

    /// <summary>Reads a number and moves <paramref name="at"/> behind it.</summary>
    /// <param name="from">The block.</param>
    /// <param name="at">Where its first byte is.</param>
    /// <param name="prefixBits">How many low bits of the first byte belong to it, 1 to 8.</param>
    /// <returns>The number.</returns>
    /// <exception cref="HpackException">It is cut off or larger than <see cref="MaxValue"/>.</exception>
    public static int Read(ReadOnlySpan<byte> from, ref int at, int prefixBits)
    {
        if (at >= from.Length)
        {
            throw new HpackException("the header block ends inside an integer");
        }

        var max = (1 << prefixBits) - 1;
        long value = from[at++] & max;
        if (value < max)
        {
            return (int)value;
        }

        // Five bytes of seven bits hold every valid value; more are an attempt to overflow, or to make us spin on zeros.
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (at >= from.Length)
            {
                throw new HpackException("the header block ends inside an integer");
            }

            var next = from[at++];
            value += (long)(next & 0x7f) << shift;
            if (value > MaxValue)
            {
                break;
            }

            if ((next & 0x80) == 0)
            {
                return (int)value;
            }
        }

        throw new HpackException("an integer in the header block overflows");
    }
}
