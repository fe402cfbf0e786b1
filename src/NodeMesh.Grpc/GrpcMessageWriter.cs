using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace NodeMesh.Grpc;

/// <summary>Writes messages with their prefix.</summary>
internal static class GrpcMessageWriter
{
    /// <summary>Appends one message.</summary>
    public static void Write(IBufferWriter<byte> output, IMessage message)
    {
        var prefix = output.GetSpan(GrpcLimits.PrefixBytes);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)message.CalculateSize());
        output.Advance(GrpcLimits.PrefixBytes);
        message.WriteTo(output);
    }
}
