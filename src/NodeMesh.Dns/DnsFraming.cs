using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace NodeMesh.Dns;

/// <summary>Messages on a stream: each after its length in two bytes (RFC 1035 section 4.2.2).</summary>
internal static class DnsFraming
{
    private const int PrefixLength = 2;

    /// <summary>A message behind its length.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message)
    {
        var framed = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsSpan(PrefixLength));
        return framed;
    }

    /// <summary>Reads the next message.</summary>
    /// <returns>The message; null at the end of the stream.</returns>
    /// <exception cref="DnsFormatException">The stream ends inside a message.</exception>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            var buffer = result.Buffer;
            if (TryRead(buffer, out var message, out var consumed))
            {
                reader.AdvanceTo(consumed);
                return message;
            }

            if (result.IsCompleted)
            {
                var isEmpty = buffer.IsEmpty;
                reader.AdvanceTo(buffer.End);
                return isEmpty ? null : throw new DnsFormatException("the stream ends inside a message");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryRead(ReadOnlySequence<byte> buffer, out byte[] message, out SequencePosition consumed)
    {
        message = [];
        consumed = buffer.Start;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out short prefix) || reader.Remaining < (ushort)prefix)
        {
            return false;
        }

        message = reader.UnreadSequence.Slice(0, (ushort)prefix).ToArray();
        consumed = buffer.GetPosition(PrefixLength + (ushort)prefix);
        return true;
    }
}
