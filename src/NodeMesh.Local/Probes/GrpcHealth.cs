using System.Buffers.Binary;
using System.Text;

namespace NodeMesh.Local.Probes;

/// <summary>The two messages of <c>grpc.health.v1.Health/Check</c>, framed as gRPC over HTTP/2 does: a flag byte, four bytes of length, the message.</summary>
internal static class GrpcHealth
{
    private const int FrameHeader = 5;
    private const byte ServiceField = (1 << 3) | 2;
    private const byte StatusField = 1 << 3;
    private const byte Serving = 1;

    /// <summary>A framed <c>HealthCheckRequest</c>.</summary>
    /// <param name="service">The service asked for; at most 127 bytes.</param>
    public static byte[] Request(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        byte[] message = name.Length == 0 ? [] : [ServiceField, checked((byte)(name.Length & 0x7f)), .. name];
        var frame = new byte[FrameHeader + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHeader);
        return frame;
    }

    /// <summary>What is wrong with an answer.</summary>
    /// <param name="body">The framed <c>HealthCheckResponse</c>.</param>
    /// <param name="response">The response.</param>
    /// <returns>Null when it says SERVING.</returns>
    public static string? Problem(ReadOnlySpan<byte> body, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            return $"HTTP status {(int)response.StatusCode}";
        }

        var headers = response.TrailingHeaders.TryGetValues("grpc-status", out var status) || response.Headers.TryGetValues("grpc-status", out status) ? status.First() : "0";
        return headers != "0" ? $"gRPC status {headers}"
            : body.Length >= FrameHeader + 2 && body[FrameHeader] == StatusField && body[FrameHeader + 1] == Serving ? null
            : "the service is not SERVING";
    }
}
