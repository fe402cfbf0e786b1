using System.Text;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>
/// How the bytes of requests' headers become text: Latin-1, which loses nothing. Two headers are read more strictly, or more fully, than the engine would read
/// them by itself; their encodings are the one place where it lets anybody look at them first.
/// </summary>
internal static class RequestHeaderEncoding
{
    /// <summary>
    /// What stands for <c>close</c>. For that word the engine would drop the names of headers beside it, which are to be left behind; of this one it knows
    /// nothing, so whoever finds it has to close.
    /// </summary>
    public const string CloseToo = "nodemesh-close";

    private static readonly Encoding Length = new LengthEncoding();
    private static readonly Encoding Connection = new ConnectionEncoding();

    /// <summary>The encoding of a header.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>The encoding.</returns>
    public static Encoding Of(string name) => name.Length switch
    {
        10 when name.Equals("Connection", StringComparison.OrdinalIgnoreCase) => Connection,
        14 when name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) => Length,
        _ => Encoding.Latin1,
    };

    /// <summary>Decodes alone.</summary>
    private abstract class DecodingOnly : Encoding
    {
        public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException();

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount * CloseToo.Length;

        public override int GetCharCount(byte[] bytes, int index, int count) => Decode(bytes.AsSpan(index, count)).Length;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
        {
            var text = Decode(bytes.AsSpan(byteIndex, byteCount));
            text.CopyTo(chars.AsSpan(charIndex));
            return text.Length;
        }

        public override int GetCharCount(ReadOnlySpan<byte> bytes) => Decode(bytes).Length;

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            var text = Decode(bytes);
            text.CopyTo(chars);
            return text.Length;
        }

        protected abstract string Rewrite(string text);

        private string Decode(ReadOnlySpan<byte> bytes) => Rewrite(Latin1.GetString(bytes));
    }

    /// <summary>RFC 9110 section 8.6 knows digits alone; a sign would be read as a number here, and perhaps otherwise elsewhere.</summary>
    private sealed class LengthEncoding : DecodingOnly
    {
        // As many digits as the largest number that the engine knows has.
        private const int MostDigits = 19;

        protected override string Rewrite(string text) => text.Length > MostDigits || text.AsSpan().ContainsAnyExceptInRange('0', '9') ? "x" : text;
    }

    /// <summary>Of <c>close, x-name</c> the engine keeps <c>close</c>; and of <c>Upgrade, HTTP2-Settings</c> it would make a change of protocol that nobody here does (RFC 9113 section 3.1).</summary>
    private sealed class ConnectionEncoding : DecodingOnly
    {
        protected override string Rewrite(string text)
        {
            if (!text.Contains(',', StringComparison.Ordinal))
            {
                return IsClose(text.Trim()) ? CloseToo : text;
            }

            var words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (words.Contains("HTTP2-Settings", StringComparer.OrdinalIgnoreCase))
            {
                words = Array.FindAll(words, w => !w.Equals("Upgrade", StringComparison.OrdinalIgnoreCase));
            }

            return string.Join(", ", words.Select(w => IsClose(w) ? CloseToo : w));
        }

        private static bool IsClose(string word) => word.Equals("close", StringComparison.OrdinalIgnoreCase);
    }
}
