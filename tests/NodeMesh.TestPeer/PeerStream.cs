using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace NodeMesh.TestPeer;

/// <summary>What both ends do on a connection.</summary>
internal static class PeerStream
{
    private const int ChunkSize = 256 * 1024;

    /// <summary>Reads one line of ASCII without reading past it.</summary>
    public static async Task<string> ReadLineAsync(Socket socket)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await socket.ReceiveAsync(one, SocketFlags.None) == 1 && one[0] != (byte)'\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString();
    }

    /// <summary>Writes one line.</summary>
    public static async Task WriteLineAsync(Socket socket, string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line + "\n");
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None);
        }
    }

    /// <summary>Sends so many pseudo-random bytes, then half-closes; answers their SHA-256 in hexadecimal.</summary>
    public static async Task<string> SendAsync(Socket socket, ulong seed, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new PseudoRandomStream(seed);
        var buffer = new byte[ChunkSize];
        while (bytes > 0)
        {
            random.Fill(buffer);
            var chunk = buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length));
            hash.AppendData(chunk.Span);
            bytes -= chunk.Length;
            while (chunk.Length > 0)
            {
                chunk = chunk[await socket.SendAsync(chunk, SocketFlags.None)..];
            }
        }

        socket.Shutdown(SocketShutdown.Send);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Reads to the other end's half-close; answers the count and the SHA-256 of what came.</summary>
    public static async Task<(long Bytes, string Sha256)> ReceiveAsync(Socket socket)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkSize];
        var total = 0L;
        while (await socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            total += read;
        }

        return (total, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
