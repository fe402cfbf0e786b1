using System.Net.Sockets;
using System.Security.Cryptography;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>One direction of a test transfer: random bytes in messages of a size, with pauses, and their hash.</summary>
internal static class HashedStream
{
    private const int Pool = 1 << 20;
    private const int ReadSize = 256 * 1024;

    /// <summary>Sends so many messages and then a FIN.</summary>
    public static async Task<string> SendAsync(Socket socket, int size, int messages, int seed, CancellationToken ct)
    {
        var random = new Random(seed);
        var bytes = new byte[Math.Max(Pool, size)];
        random.NextBytes(bytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < messages; i++)
        {
            var message = bytes.AsMemory(random.Next(bytes.Length - size + 1), size);
            for (var sent = 0; sent < size;)
            {
                sent += await socket.SendAsync(message[sent..], ct);
            }

            hash.AppendData(message.Span);
            await PauseAsync(random, ct);
        }

        socket.Shutdown(SocketShutdown.Send);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Reads to the FIN.</summary>
    public static async Task<(long Bytes, string Hash)> ReceiveAsync(Socket socket, int seed, CancellationToken ct)
    {
        var random = new Random(seed);
        var buffer = new byte[ReadSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var total = 0L;
        while (await socket.ReceiveAsync(buffer.AsMemory(0, random.Next(1, ReadSize)), ct) is var count and > 0)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            total += count;
            await PauseAsync(random, ct);
        }

        return (total, Convert.ToHexString(hash.GetHashAndReset()));
    }

    private static async ValueTask PauseAsync(Random random, CancellationToken ct)
    {
        if (random.Next(200) == 0)
        {
            await Task.Delay(random.Next(1, 10), ct);
        }
    }
}
