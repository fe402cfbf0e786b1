using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace NodeMesh.Tunnel.Tests;

public sealed class TunnelConnectionTests
{
    [Fact]
    public async Task Connect_EchoHandler_ReturnsWhatWasSent()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var connection = await mesh.ConnectAsync(mesh.CreatePool());

        await connection.Transport.Output.WriteAsync("hello"u8.ToArray());
        await connection.Transport.Output.CompleteAsync();

        Assert.Equal("hello"u8.ToArray(), await ReadAllAsync(connection.Transport.Input));
        Assert.Equal(mesh.ServerCertificate.Identity, connection.Peer.Identity);
    }

    [Fact]
    public async Task Transfer_256MiBBothWaysAtOnce_KeepsTheHashes()
    {
        const long Size = 256L * 1024 * 1024;
        var serverHash = new TaskCompletionSource<byte[]>();
        await using var mesh = new TestMesh(async request =>
        {
            await using var connection = await request.AcceptAsync([], default);
            var receiving = HashAsync(connection.Transport.Input);
            await SendAsync(connection.Transport.Output, Size, seed: 2);
            serverHash.SetResult(await receiving);
        });
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());

        var received = HashAsync(client.Transport.Input);
        await SendAsync(client.Transport.Output, Size, seed: 1);

        Assert.Equal(ExpectedHash(Size, 2), await received);
        Assert.Equal(ExpectedHash(Size, 1), await serverHash.Task);
    }

    [Fact]
    public async Task Transfer_200StreamsAtOnce_KeepsTheHashes()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var connection = await mesh.ConnectAsync(pool);
            var size = 10_000L + (i * 1000);
            var received = HashAsync(connection.Transport.Input);
            await SendAsync(connection.Transport.Output, size, seed: i, chunk: 1 + (i * 37));
            Assert.Equal(ExpectedHash(size, i), await received);
        }));
    }

    internal static async Task<byte[]> ReadAllAsync(PipeReader reader)
    {
        var all = new List<byte>();
        while (true)
        {
            var read = await reader.ReadAsync(TestMesh.Deadline);
            all.AddRange(read.Buffer.ToArray());
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return [.. all];
            }
        }
    }

    internal static async Task<byte[]> HashAsync(PipeReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var read = await reader.ReadAsync();
            foreach (var part in read.Buffer)
            {
                hash.AppendData(part.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return hash.GetHashAndReset();
            }
        }
    }

    internal static async Task SendAsync(PipeWriter writer, long size, int seed, int chunk = 64 * 1024)
    {
        var block = Block(seed);
        for (long at = 0; at < size;)
        {
            var offset = (int)(at % block.Length);
            var length = (int)Math.Min(Math.Min(chunk, size - at), block.Length - offset);
            await writer.WriteAsync(block.AsMemory(offset, length));
            at += length;
        }

        await writer.CompleteAsync();
    }

    internal static byte[] ExpectedHash(long size, int seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = Block(seed);
        for (long at = 0; at < size;)
        {
            var length = (int)Math.Min(block.Length, size - at);
            hash.AppendData(block, 0, length);
            at += length;
        }

        return hash.GetHashAndReset();
    }

    // A prime length, so that chunks and frames never fall on the same places of it.
    private static byte[] Block(int seed)
    {
        var block = new byte[1_000_003];
        new Random(seed).NextBytes(block);
        return block;
    }
}
