using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

public sealed class SocketStreamTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task EmptyRead_WaitsForDataAndTakesNone()
    {
        var (socket, peer) = await ConnectAsync();
        await using var stream = new SocketStream(socket);
        using var _ = peer;
        var waiting = stream.ReadAsync(Memory<byte>.Empty, Deadline);
        Assert.False(waiting.IsCompleted);
        await peer.SendAsync("hello"u8.ToArray(), Deadline);
        Assert.Equal(0, await waiting);

        var buffer = new byte[16];
        Assert.Equal(5, await stream.ReadAsync(buffer, Deadline));
        Assert.Equal("hello"u8.ToArray(), buffer[..5]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_AfterTheLastBytesAndFinCameTogether_ReturnsBothInTurn()
    {
        var (socket, peer) = await ConnectAsync();
        using var _ = peer;
        await peer.SendAsync("last"u8.ToArray(), Deadline);
        peer.Shutdown(SocketShutdown.Send);
        await using var stream = new SocketStream(socket);
        var buffer = new byte[16];
        Assert.Equal(4, await stream.ReadAsync(buffer, Deadline));
        Assert.Equal(0, await stream.ReadAsync(buffer, Deadline));
        Assert.Equal(0, await stream.ReadAsync(buffer, Deadline));
    }

    [Fact(Timeout = 30_000)]
    public async Task Move_ToEveryLoop_LosesNothingThatCameBefore()
    {
        var (socket, peer) = await ConnectAsync();
        await using var stream = new SocketStream(socket) { RunsInline = true };
        using var _ = peer;
        var buffer = new byte[16];
        foreach (var loop in EventLoop.All)
        {
            await peer.SendAsync("before"u8.ToArray(), Deadline);
            stream.MoveTo(loop);
            Assert.Same(loop, stream.Loop);
            Assert.Equal(6, await stream.ReadAsync(buffer, Deadline));

            var waiting = stream.ReadAsync(buffer, Deadline);
            await peer.SendAsync("after"u8.ToArray(), Deadline);
            Assert.Equal(5, await waiting);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task BufferedWrites_ReachThePeerWithTheFlushAlone()
    {
        var (socket, peer) = await ConnectAsync();
        await using var stream = new SocketStream(socket) { IsBuffering = true };
        using var _ = peer;
        await stream.WriteAsync("one"u8.ToArray(), Deadline);
        await stream.WriteAsync("two"u8.ToArray(), Deadline);
        Assert.Equal(0, peer.Available);
        await stream.FlushAsync(Deadline);
        var buffer = new byte[16];
        Assert.Equal(6, await peer.ReceiveAsync(buffer, Deadline));
        Assert.Equal("onetwo"u8.ToArray(), buffer[..6]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transfer_BothWaysAgainstAReaderThatPauses_ArrivesUnchanged(bool buffering)
    {
        var (socket, peer) = await ConnectAsync();
        await using var stream = new SocketStream(socket) { IsBuffering = buffering };
        await using var other = new SocketStream(peer) { IsBuffering = !buffering };
        var data = RandomNumberGenerator.GetBytes(24 * 1024 * 1024);
        await Task.WhenAll(WriteAsync(stream, data, 1), WriteAsync(other, data, 2), ReadAsync(stream, data), ReadAsync(other, data));
    }

    [Fact(Timeout = 30_000)]
    public async Task Dispose_WhileReading_EndsTheRead()
    {
        var (socket, peer) = await ConnectAsync();
        using var _ = peer;
        var stream = new SocketStream(socket);
        var reading = stream.ReadAsync(new byte[1], Deadline).AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_ThatIsCancelled_LosesNoByte()
    {
        var (socket, peer) = await ConnectAsync();
        using var _ = peer;
        await using var stream = new SocketStream(socket);
        using var cancel = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await peer.SendAsync("x"u8.ToArray(), Deadline);
        Assert.Equal(1, await stream.ReadAsync(new byte[4], Deadline));
    }

    private static async Task WriteAsync(SocketStream stream, byte[] data, int seed)
    {
        var random = new Random(seed);
        for (var at = 0; at < data.Length;)
        {
            var length = Math.Min(data.Length - at, random.Next(1, random.Next(2) == 0 ? 100 : 200_000));
            await stream.WriteAsync(data.AsMemory(at, length), Deadline);
            at += length;
        }

        await stream.FlushAsync(Deadline);
    }

    private static async Task ReadAsync(SocketStream stream, byte[] expected)
    {
        var received = new byte[expected.Length];
        for (var at = 0; at < received.Length;)
        {
            var count = await stream.ReadAsync(received.AsMemory(at), Deadline);
            Assert.NotEqual(0, count);
            at += count;
            if (at % 7 == 0)
            {
                await Task.Yield();
            }
        }

        Assert.True(received.AsSpan().SequenceEqual(expected));
    }

    private static async Task<(Socket Socket, Socket Peer)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(listener.LocalEndPoint!, Deadline);
        return (await listener.AcceptAsync(Deadline), peer);
    }
}
