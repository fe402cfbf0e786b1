using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;

namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>The two messages of <c>grpc.health.v1.Health/Check</c>, each with gRPC's five bytes before it: a flag and the length.</summary>
internal static class GrpcHealthMessage
{
    /// <summary>The method's path.</summary>
    public const string Path = "/grpc.health.v1.Health/Check";

    private const int Prefix = 5;

    /// <summary>Fields 1 of both messages: a string, and an enumeration.</summary>
    private const byte Service = (1 << 3) | 2;
    private const byte Status = 1 << 3;
    private const byte Serving = 1;

    /// <summary>Far more than an answer has.</summary>
    private const int LongestAnswer = 4096;

    /// <summary>A request.</summary>
    /// <param name="service">The service that is asked for; empty for the whole server.</param>
    /// <returns>Its content.</returns>
    public static ByteArrayContent Request(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var frame = new List<byte>(Prefix + 3 + name.Length);
        if (name.Length > 0)
        {
            frame.Add(Service);
            for (var length = name.Length; ; length >>= 7)
            {
                // Seven bits in each byte, the lowest first.
                frame.Add((byte)(length > 0x7f ? (length & 0x7f) | 0x80 : length));
                if (length <= 0x7f)
                {
                    break;
                }
            }

            frame.AddRange(name);
        }

        var prefix = new byte[Prefix];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), frame.Count);
        var content = new ByteArrayContent([.. prefix, .. frame]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return content;
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="response">The response, of which the head is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it says.</returns>
    public static async Task<HealthCheckResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode != 200)
        {
            return HealthCheckResult.Failed($"status {(int)response.StatusCode}");
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[LongestAnswer];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (count == buffer.Length)
        {
            return HealthCheckResult.Failed("the answer is too long for one of grpc.health.v1");
        }

        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var values) || response.Headers.TryGetValues("grpc-status", out values) ? values.First() : "0";
        return status != "0" ? HealthCheckResult.Failed($"gRPC status {status}")
            : count >= Prefix + 2 && buffer[Prefix] == Status && buffer[Prefix + 1] == Serving ? HealthCheckResult.Passed
            : HealthCheckResult.Failed("the service is not SERVING");
    }
}
