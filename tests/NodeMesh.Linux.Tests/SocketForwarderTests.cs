using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

[Collection(nameof(WholeProcess))]
public sealed class SocketForwarderTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task HalfCloses_OfBothEndsInTurn_PassAndCompleteTheForwarding()
    {
        await using var joined = await JoinedPair.CreateAsync();
        await joined.Client.SendAsync("question"u8.ToArray(), Deadline);
        joined.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("question"u8.ToArray(), await ReadToEndAsync(joined.Server));
        await TrueAsync(() => joined.HalfClosed == 1, () => "the half-close was not told");
        Assert.False(joined.Running.IsCompleted);

        await joined.Server.SendAsync("a late answer"u8.ToArray(), Deadline);
        joined.Server.Shutdown(SocketShutdown.Send);
        Assert.Equal("a late answer"u8.ToArray(), await ReadToEndAsync(joined.Client));
        Assert.Equal(ForwardEnd.Completed, (await joined.Running).End);
        Assert.Equal((8, 13, 1), (joined.Received, joined.Sent, joined.HalfClosed));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reset_OfOneEnd_IsToldWithTheEndThatBroke(bool byClient)
    {
        await using var joined = await JoinedPair.CreateAsync();
        var end = byClient ? joined.Client : joined.Server;
        end.LingerState = new LingerOption(true, 0);
        end.Dispose();
        var result = await joined.Running;
        Assert.Equal(byClient ? ForwardEnd.ClientBroke : ForwardEnd.ServerBroke, result.End);
        Assert.Contains("reset", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reset_AfterTheSameEndsHalfClose_IsTold()
    {
        await using var joined = await JoinedPair.CreateAsync();
        joined.Server.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReadToEndAsync(joined.Client));
        joined.Server.LingerState = new LingerOption(true, 0);
        joined.Server.Dispose();
        Assert.Equal(ForwardEnd.ServerBroke, (await joined.Running).End);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_FromAnotherThread_EndsTheForwardingAndResetsThePeer(bool client)
    {
        await using var joined = await JoinedPair.CreateAsync();
        await EchoOnceAsync(joined);
        var (aborted, peer) = client ? (joined.ClientSide, joined.Client) : (joined.ServerSide, joined.Server);
        await Task.Run(() => aborted.Abort(new ConnectionAbortedException("enough")), Deadline);
        Assert.Equal(ForwardEnd.Aborted, (await joined.Running).End);
        var error = await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1], Deadline));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_WhoseClientChangesProcessors_LosesNothing()
    {
        // Enough messages on each processor for the connection to follow, many times over; the kernel's thread decides by which one they come.
        const int Turns = 20;
        const int MessagesPerTurn = 200;
        await using var joined = await JoinedPair.CreateAsync();
        var client = Task.Factory.StartNew(() => Talk(joined), Deadline, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var echo = Task.Run(() => EchoToEndAsync(joined.Server), Deadline);

        await client;
        joined.Client.Shutdown(SocketShutdown.Send);
        await echo;
        joined.Server.Shutdown(SocketShutdown.Send);

        Assert.Equal(ForwardEnd.Completed, (await joined.Running).End);
        Assert.Equal((Turns * MessagesPerTurn * sizeof(int), Turns * MessagesPerTurn * sizeof(int)), (joined.Received, joined.Sent));

        static void Talk(JoinedPair joined)
        {
            var message = new byte[sizeof(int)];
            for (var i = 0; i < Turns * MessagesPerTurn; i++)
            {
                if (i % MessagesPerTurn == 0)
                {
                    RunOn(i / MessagesPerTurn % Environment.ProcessorCount);
                }

                joined.Client.Send(BitConverter.GetBytes(i));
                ReceiveAll(joined.Client, message);
                Assert.Equal(i, BitConverter.ToInt32(message));
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Bulk_OfRandomPiecesBothWaysAtOnce_ArrivesUnchanged()
    {
        await using var joined = await JoinedPair.CreateAsync();
        const int Size = 64 * 1024 * 1024;
        var received = await Task.WhenAll(
            ExchangeAsync(joined.Client, Size, 1),
            ExchangeAsync(joined.Server, Size, 2));
        Assert.Equal(Hash(Size, 2), received[0]);
        Assert.Equal(Hash(Size, 1), received[1]);
        Assert.Equal(ForwardEnd.Completed, (await joined.Running).End);
        Assert.Equal((Size, Size), (joined.Received, joined.Sent));
    }

    [Fact(Timeout = 60_000)]
    public async Task StoppedReader_BlocksTheSenderAndLosesNothing()
    {
        await using var joined = await JoinedPair.CreateAsync();
        joined.Client.Blocking = false;
        var chunk = new byte[256 * 1024];
        var total = 0L;
        var last = Environment.TickCount64;

        // Bounded by the four socket buffers (6 MiB each at most, tcp_rmem and tcp_wmem) and one pipe: a forwarder that buffers would never block.
        while (total < 512L * 1024 * 1024 && Environment.TickCount64 - last < 500)
        {
            var sent = joined.Client.Send(chunk, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                total += sent;
                last = Environment.TickCount64;
            }
        }

        Assert.InRange(total, 1, 64L * 1024 * 1024);
        joined.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(total, (await ReadToEndAsync(joined.Server)).LongLength);
    }

    [Fact(Timeout = 30_000)]
    public async Task UrgentByte_InTheMidstOfBulk_DoesNotStopTheStream()
    {
        await using var joined = await JoinedPair.CreateAsync();
        var data = new byte[8 * 1024 * 1024];
        var reading = ReadToEndAsync(joined.Server);
        await joined.Client.SendAsync(data, Deadline);
        await Task.Run(() => joined.Client.Send("!"u8, SocketFlags.OutOfBand), Deadline);
        await joined.Client.SendAsync(data, Deadline);
        joined.Client.Shutdown(SocketShutdown.Send);

        // The urgent byte itself is out of band and not part of the stream (recv(2), MSG_OOB).
        Assert.Equal(2 * data.Length, (await reading).Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task TwoThousandConnections_AtOnce_AllEchoAndLeaveNoDescriptor()
    {
        const int Count = 2000;
        await (await JoinedPair.CreateAsync()).DisposeAsync();
        var before = Descriptors();
        var all = new JoinedPair[Count];
        for (var i = 0; i < Count; i++)
        {
            all[i] = await JoinedPair.CreateAsync();
        }

        await Task.WhenAll(all.Select(async joined =>
        {
            for (var i = 0; i < 5; i++)
            {
                await EchoOnceAsync(joined);
            }
        }));
        await TrueAsync(() => all.All(joined => (joined.Received, joined.Sent) == (40, 40)), () => "not all bytes were counted");
        foreach (var joined in all)
        {
            await joined.DisposeAsync();
        }

        await TrueAsync(() => Descriptors() <= before + 20, () => $"{Descriptors()} descriptors are open, {before} were before");
    }

    [Fact(Timeout = 30_000)]
    public async Task Connection_WithBytesRead_IsNotTakenOver()
    {
        await using var client = await ConnectedPair.CreateAsync();
        await using var server = await ConnectedPair.CreateAsync();
        await client.Peer.SendAsync("early"u8.ToArray(), Deadline);
        var read = await client.Connection.Transport.Input.ReadAsync(Deadline);
        client.Connection.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        Assert.Null(SocketForwarder.TryCreate(client.Connection, server.Connection, static _ => { }, static _ => { }, null));

        // What refused one must leave the other free.
        await using var free = await ConnectedPair.CreateAsync();
        Assert.NotNull(SocketForwarder.TryCreate(free.Connection, server.Connection, static _ => { }, static _ => { }, null));
    }

    [Fact(Timeout = 60_000)]
    public async Task Messages_OfAnEstablishedPair_AllocateNothing()
    {
        await using var joined = await JoinedPair.CreateAsync();
        await Task.Factory.StartNew(() => Measure(joined), Deadline, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        static void Measure(JoinedPair joined)
        {
            // On one processor: the connection follows its client from loop to loop, and each loop's thread has its own count.
            RunOn(0);
            var least = long.MaxValue;
            for (var round = 0; round < 10; round++)
            {
                Echo(joined);
                var (before, thread) = (joined.AllocatedByLoop, joined.LoopThread);
                for (var i = 0; i < 1000; i++)
                {
                    Echo(joined);
                }

                if (joined.LoopThread == thread)
                {
                    least = Math.Min(least, joined.AllocatedByLoop - before);
                }
            }

            // Other tests' connections share the loop: the best round tells.
            Assert.Equal(0, least);
        }
    }

    private static void Echo(JoinedPair joined)
    {
        Span<byte> message = stackalloc byte[8];
        joined.Client.Send(message);
        ReceiveAll(joined.Server, message);
        joined.Server.Send(message);
        ReceiveAll(joined.Client, message);
    }

    private static void ReceiveAll(Socket socket, Span<byte> message)
    {
        while (message.Length > 0)
        {
            var count = socket.Receive(message);
            Assert.NotEqual(0, count);
            message = message[count..];
        }
    }

    private static async Task EchoToEndAsync(Socket socket)
    {
        var buffer = new byte[64];
        while (await socket.ReceiveAsync(buffer, Deadline) is var count and > 0)
        {
            await socket.SendAsync(buffer.AsMemory(0, count), Deadline);
        }
    }

    /// <summary>Keeps the calling thread, which is the test's own, on one processor (<c>sched_setaffinity(2)</c>).</summary>
    private static unsafe void RunOn(int processor)
    {
        var mask = 1UL << processor;
        _ = sched_setaffinity(0, sizeof(ulong), &mask);
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern unsafe int sched_setaffinity(int thread, nuint size, ulong* mask);

    private static async Task EchoOnceAsync(JoinedPair joined)
    {
        var buffer = new byte[8];
        await joined.Client.SendAsync("12345678"u8.ToArray(), Deadline);
        Assert.Equal(8, await joined.Server.ReceiveAsync(buffer, Deadline));
        await joined.Server.SendAsync(buffer, Deadline);
        Assert.Equal(8, await joined.Client.ReceiveAsync(buffer, Deadline));
        Assert.Equal("12345678"u8.ToArray(), buffer);
    }

    private static async Task<string> ExchangeAsync(Socket socket, int size, int seed)
    {
        var sending = Task.Run(
            async () =>
            {
                var random = new Random(seed);
                var data = Data(size, seed);
                for (var at = 0; at < size;)
                {
                    var length = Math.Min(size - at, random.Next(4) == 0 ? random.Next(1, 1_000_000) : random.Next(1, 3000));
                    at += await socket.SendAsync(data.AsMemory(at, length), Deadline);
                }

                socket.Shutdown(SocketShutdown.Send);
            },
            Deadline);
        var received = await ReadToEndAsync(socket);
        await sending;
        return Convert.ToHexString(SHA256.HashData(received));
    }

    private static byte[] Data(int size, int seed)
    {
        var data = new byte[size];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static string Hash(int size, int seed) => Convert.ToHexString(SHA256.HashData(Data(size, seed)));

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        socket.Blocking = true;
        using var all = new MemoryStream();
        var buffer = new byte[128 * 1024];
        while (await socket.ReceiveAsync(buffer, Deadline) is > 0 and var count)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static async Task TrueAsync(Func<bool> condition, Func<string> message)
    {
        for (var until = Environment.TickCount64 + 10_000; !condition();)
        {
            Assert.True(Environment.TickCount64 < until, message());
            await Task.Delay(20, Deadline);
        }
    }
}
