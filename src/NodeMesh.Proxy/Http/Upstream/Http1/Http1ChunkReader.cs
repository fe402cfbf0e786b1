using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>Follows a body that comes in chunks (RFC 9112 section 7.1).</summary>
internal struct Http1ChunkReader
{
    private const int LongestLine = 4096;
    private const int MostTrailers = 100;

    private long _left;
    private State _state;
    private List<KeyValuePair<string, string>>? _trailers;

    /// <summary>True once the last byte has come.</summary>
    public readonly bool IsComplete => _state == State.Complete;

    /// <summary>The trailers; null for none.</summary>
    public readonly IReadOnlyList<KeyValuePair<string, string>>? Trailers => _trailers;

    /// <summary>Takes the next part of the body's content.</summary>
    /// <param name="bytes">What has come; what was taken is cut off its beginning.</param>
    /// <param name="content">The content; empty when more has to come.</param>
    /// <returns>False when more has to come, or all has.</returns>
    /// <exception cref="Http1FormatException">It is no such body.</exception>
    public bool TryTake(ref ReadOnlySequence<byte> bytes, out ReadOnlySequence<byte> content)
    {
        content = default;
        while (_state != State.Complete)
        {
            if (_state == State.Content)
            {
                if (bytes.IsEmpty)
                {
                    return false;
                }

                content = bytes.Slice(0, Math.Min(_left, bytes.Length));
                _left -= content.Length;
                bytes = bytes.Slice(content.End);
                _state = _left == 0 ? State.ContentEnd : State.Content;
                return true;
            }

            if (!TryTakeLine(ref bytes, out var line))
            {
                return false;
            }

            Take(line);
        }

        return false;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        switch (_state)
        {
            case State.Size:
                // What follows a semicolon is an extension, for this hop alone.
                var end = line.IndexOf((byte)';');
                var digits = (end < 0 ? line : line[..end]).Trim(" \t"u8);
                if (!Utf8Parser.TryParse(digits, out _left, out var used, 'x') || used != digits.Length || _left < 0 || digits.Length > 16)
                {
                    throw new Http1FormatException("the size of a chunk is no number");
                }

                _state = _left == 0 ? State.Trailers : State.Content;
                break;
            case State.ContentEnd when line.IsEmpty:
                _state = State.Size;
                break;
            case State.ContentEnd:
                throw new Http1FormatException("a chunk is longer than it says");
            default:
                TakeTrailer(line);
                break;
        }
    }

    private void TakeTrailer(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            _state = State.Complete;
            return;
        }

        _trailers ??= [];
        if (_trailers.Count == MostTrailers)
        {
            throw new Http1FormatException($"there are more than {MostTrailers} trailers");
        }

        var colon = Http1Head.Split(line, out var value);
        _trailers.Add(new(Encoding.ASCII.GetString(line[..colon]), Encoding.Latin1.GetString(value)));
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> bytes, out ReadOnlySpan<byte> line)
    {
        var reader = new SequenceReader<byte>(bytes);
        if (!reader.TryReadTo(out line, (byte)'\n'))
        {
            return bytes.Length <= LongestLine ? false : throw new Http1FormatException("the size of a chunk is no number");
        }

        bytes = reader.UnreadSequence;
        line = line is [.., (byte)'\r'] ? line[..^1] : line;
        return true;
    }

    private enum State
    {
        Size,
        Content,
        ContentEnd,
        Trailers,
        Complete,
    }
}
