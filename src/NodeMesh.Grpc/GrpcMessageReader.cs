using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace NodeMesh.Grpc;

/// <summary>Cuts a byte stream into messages.</summary>
internal sealed class GrpcMessageReader<T>(PipeReader input, MessageParser<T> parser, int maxMessageBytes)
    where T : class, IMessage<T>
{
    /// <summary>Reads the next message.</summary>
    /// <returns>The message; null at a clean end.</returns>
    /// <exception cref="GrpcException">INTERNAL: the stream ends inside a message, or it cannot be parsed. UNIMPLEMENTED: it is compressed. RESOURCE_EXHAUSTED: it is too large.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            var buffer = result.Buffer;
            if (TryRead(buffer, out var message, out var consumed))
            {
                input.AdvanceTo(consumed);
                return message;
            }

            if (result.IsCompleted)
            {
                var left = buffer.Length;
                input.AdvanceTo(buffer.End);
                return left == 0 ? null : throw new GrpcException(GrpcStatusCode.Internal, $"the stream ended inside a message ({left} bytes of it came)");
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private bool TryRead(in ReadOnlySequence<byte> buffer, out T? message, out SequencePosition consumed)
    {
        message = null;
        consumed = buffer.Start;
        if (buffer.Length < GrpcLimits.PrefixBytes)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[GrpcLimits.PrefixBytes];
        buffer.Slice(0, GrpcLimits.PrefixBytes).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] != 0)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "the message is compressed; only grpc-encoding identity is understood");
        }

        if (length > maxMessageBytes)
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"a message of {length} bytes is larger than the {maxMessageBytes} allowed");
        }

        if (buffer.Length - GrpcLimits.PrefixBytes < length)
        {
            return false;
        }

        var body = buffer.Slice(GrpcLimits.PrefixBytes, length);
        try
        {
            message = parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"a message is not a {typeof(T).Name}: {e.Message}", e);
        }

        consumed = body.End;
        return true;
    }
}
