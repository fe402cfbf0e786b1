using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Linux.Tests;

[Collection(nameof(WholeProcess))]
public sealed class SocketConnectionTests
{
#if DEBUG
    // Unoptimised code makes every state machine an object.
    private const long AllowedBytesPerMessage = 256;
#else
    private const long AllowedBytesPerMessage = 64;
#endif

    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Read_AfterPeersFin_CompletesAndWritingGoesOn()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Peer.SendAsync("hello"u8.ToArray(), Deadline);
        pair.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal("hello"u8.ToArray(), await ReadToEndAsync(pair.Connection.Transport.Input));
        await pair.Connection.Transport.Output.WriteAsync("still here"u8.ToArray(), Deadline);
        Assert.Equal("still here"u8.ToArray(), await ReceiveAsync(pair.Peer, 10));
    }

    [Fact(Timeout = 30_000)]
    public async Task OutputComplete_WhileReading_HalfClosesAndReadingGoesOn()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Connection.Transport.Output.CompleteAsync();

        Assert.Equal(0, await pair.Peer.ReceiveAsync(new byte[1], Deadline));
        await pair.Peer.SendAsync("late"u8.ToArray(), Deadline);
        pair.Peer.Shutdown(SocketShutdown.Send);
        Assert.Equal("late"u8.ToArray(), await ReadToEndAsync(pair.Connection.Transport.Input));
    }

    [Fact(Timeout = 30_000)]
    public async Task OutputComplete_WithUnflushedBytes_SendsThemFirst()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var output = pair.Connection.Transport.Output;
        "buffered"u8.CopyTo(output.GetSpan());
        output.Advance(8);
        await output.CompleteAsync();

        Assert.Equal("buffered"u8.ToArray(), await ReceiveAsync(pair.Peer, 8));
        Assert.Equal(0, await pair.Peer.ReceiveAsync(new byte[1], Deadline));
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_AfterPeersReset_Throws()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        pair.Peer.LingerState = new LingerOption(true, 0);
        pair.Peer.Dispose();

        await Assert.ThrowsAsync<ConnectionResetException>(async () => await pair.Connection.Transport.Input.ReadAsync(Deadline));
    }

    [Fact(Timeout = 30_000)]
    public async Task Abort_WhileReading_ResetsThePeerAndEndsTheRead()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var closed = new TaskCompletionSource();
        pair.Connection.ConnectionClosed.Register(closed.SetResult);
        var read = pair.Connection.Transport.Input.ReadAsync(Deadline);
        pair.Connection.Abort(new ConnectionAbortedException("policy changed"));

        var own = await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await read);
        Assert.Equal("policy changed", own.Message);
        var theirs = await Assert.ThrowsAsync<SocketException>(async () => await pair.Peer.ReceiveAsync(new byte[1], Deadline));
        Assert.Equal(SocketError.ConnectionReset, theirs.SocketErrorCode);
        await closed.Task.WaitAsync(Deadline);
    }

    [Fact(Timeout = 30_000)]
    public async Task OutputComplete_WithError_ResetsThePeer()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Connection.Transport.Output.CompleteAsync(new IOException("upstream failed"));

        var error = await Assert.ThrowsAsync<SocketException>(async () => await pair.Peer.ReceiveAsync(new byte[1], Deadline));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Dispose_WhileReading_EndsTheReadAndKeepsNoBuffer()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var read = pair.Connection.Transport.Input.ReadAsync(Deadline);
        await pair.Connection.DisposeAsync();

        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await read);
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact(Timeout = 30_000)]
    public async Task Dispose_WithABufferLent_NeverHandsItToAnother()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Peer.SendAsync("secret"u8.ToArray(), Deadline);
        var result = await pair.Connection.Transport.Input.ReadAsync(Deadline);
        await pair.Connection.DisposeAsync();

        var next = pair.Pool.Rent(1);
        next.AsSpan().Fill((byte)'x');
        Assert.Equal("secret"u8.ToArray(), result.Buffer.ToArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_WhileIdle_HoldsNoBuffer()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var input = pair.Connection.Transport.Input;
        for (var i = 0; i < 3; i++)
        {
            await pair.Peer.SendAsync(new byte[100_000], Deadline);
            for (var left = 100_000L; left > 0;)
            {
                var result = await input.ReadAsync(Deadline);
                left -= result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
            }

            var pending = input.ReadAsync(Deadline);
            Assert.False(pending.IsCompleted);
            Assert.Equal(0, pair.Pool.Rented);
            input.CancelPendingRead();
            Assert.True((await pending).IsCanceled);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_ExaminedButNotConsumed_WaitsForMoreAndReturnsAll()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var input = pair.Connection.Transport.Input;
        await pair.Peer.SendAsync("PRI * "u8.ToArray(), Deadline);
        var first = await input.ReadAsync(Deadline);
        input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        var pending = input.ReadAsync(Deadline);
        Assert.False(pending.IsCompleted);
        await pair.Peer.SendAsync(new byte[20_000], Deadline);

        var second = await pending;
        while (second.Buffer.Length < 20_006)
        {
            input.AdvanceTo(second.Buffer.Start, second.Buffer.End);
            second = await input.ReadAsync(Deadline);
        }

        Assert.Equal("PRI * "u8.ToArray(), second.Buffer.Slice(0, 6).ToArray());
        input.AdvanceTo(second.Buffer.GetPosition(6));
        var third = await input.ReadAsync(Deadline);
        Assert.Equal(20_000, third.Buffer.Length);
        input.AdvanceTo(third.Buffer.End);
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_Cancelled_LosesNoByte()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var input = pair.Connection.Transport.Input;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var pending = input.ReadAsync(cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
        await pair.Peer.SendAsync("after"u8.ToArray(), Deadline);
        var result = await input.ReadAsync(Deadline);
        Assert.Equal("after"u8.ToArray(), result.Buffer.ToArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task Write_CancelledHalfWay_ResetsTheStreamInsteadOfCorruptingIt()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        // More than the socket's buffers of both ends take.
        var pending = pair.Connection.Transport.Output.WriteAsync(new byte[64 * 1024 * 1024], cancel.Token);
        Assert.False(pending.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await pair.Connection.Transport.Output.WriteAsync(new byte[1], Deadline));
    }

    [Fact(Timeout = 60_000)]
    public async Task Transfer_OfManyMegabytesBothWays_ArrivesUnchanged()
    {
        await using var left = await ConnectedPair.CreateAsync();
        var data = RandomNumberGenerator.GetBytes(8 * 1024 * 1024);
        var echo = EchoAsync(left.Connection);
        var sending = Task.Run(
            async () =>
            {
                await left.Peer.SendAsync(data, Deadline);
                left.Peer.Shutdown(SocketShutdown.Send);
            },
            Deadline);

        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await ReceiveAsync(left.Peer, data.Length)));
        await sending;
        await echo;
        Assert.Equal(0, left.Pool.Rented);
    }

    [Fact(Timeout = 30_000)]
    public async Task Flush_OfMoreThanOneBuffer_SendsAllInOrder()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        var output = pair.Connection.Transport.Output;
        var data = RandomNumberGenerator.GetBytes(200_000);
        output.Write(data);
        Assert.Equal(data.Length, output.UnflushedBytes);
        var flush = output.FlushAsync(Deadline);

        Assert.Equal(data, await ReceiveAsync(pair.Peer, data.Length));
        await flush;
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact(Timeout = 60_000)]
    public async Task Echo_OfManyMessages_AllocatesNothingPerMessage()
    {
        const int Messages = 5_000;
        await using var pair = await ConnectedPair.CreateAsync();
        var echo = EchoAsync(pair.Connection);
        var message = new byte[512];
        var answer = new byte[512];
        // Warm: state machines, pool, tiered code.
        await PingAsync(pair.Peer, message, answer, Messages);
        // The count is the process's: the best round is the one in which no other test allocated.
        var perMessage = long.MaxValue;
        for (var round = 0; round < 8 && perMessage > AllowedBytesPerMessage; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await PingAsync(pair.Peer, message, answer, Messages);
            perMessage = Math.Min(perMessage, (GC.GetTotalAllocatedBytes(precise: true) - before) / Messages);
        }

        pair.Peer.Shutdown(SocketShutdown.Send);
        await echo;

        // One Task or state machine per message would be over 100 bytes; other tests' own allocations are why this is not 0.
        Assert.InRange(perMessage, 0, AllowedBytesPerMessage);
    }

    private static async Task PingAsync(Socket peer, byte[] message, byte[] answer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await peer.SendAsync(message, SocketFlags.None, CancellationToken.None);
            for (var got = 0; got < answer.Length;)
            {
                got += await peer.ReceiveAsync(answer.AsMemory(got), SocketFlags.None, CancellationToken.None);
            }
        }
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var result = await input.ReadAsync();
            foreach (var memory in result.Buffer)
            {
                await output.WriteAsync(memory);
            }

            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                await output.CompleteAsync();
                return;
            }
        }
    }

    private static async Task<byte[]> ReadToEndAsync(PipeReader input)
    {
        var all = new MemoryStream();
        await input.CopyToAsync(all, Deadline);
        return all.ToArray();
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        var all = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = await socket.ReceiveAsync(all.AsMemory(got), SocketFlags.None, Deadline);
            Assert.NotEqual(0, read);
            got += read;
        }

        return all;
    }
}
