using System.Net.Sockets;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>What an application may do with a TCP socket works as without acceleration.</summary>
[Collection(AccelerationCollection.Name)]
public class SemanticsTests(AccelerationFixture fixture)
{
    private static readonly byte[] Message = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * 7))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sendfile_OfALargeFile_ArrivesWhole()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var path = Path.GetTempFileName();
        try
        {
            var bytes = new byte[5_000_000];
            new Random(1).NextBytes(bytes);
            await File.WriteAllBytesAsync(path, bytes, Ct);
            var before = connection.Transfer.ResponseBytes;

            var received = AcceleratedConnection.ReadExactlyAsync(connection.Client, bytes.Length, Ct);
            await connection.Server.SendFileAsync(path, Ct);

            Assert.Equal(bytes, await received);
            Assert.True(connection.Transfer.ResponseBytes > before);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Splice_ByAReaderThatNeverCallsRecv_GetsEverythingTheOrdinaryWay()
    {
        using var connection = await fixture.ConnectAsync();
        var received = new List<byte>();

        for (var i = 0; i < 20; i++)
        {
            await connection.Client.SendAsync(Message, Ct);
            await Eventually.TrueAsync(
                () =>
                {
                    received.AddRange(LinuxCalls.Splice(connection.Server, 100_000) ?? []);
                    return received.Count == (i + 1) * Message.Length;
                },
                "splice does not see what was sent");
        }

        Assert.Equal(Enumerable.Repeat(Message, 20).SelectMany(m => m), received);
        Assert.Equal(0, connection.Transfer.RequestBytes);
    }

    [Fact]
    public async Task Splice_ByAReaderThatHasUsedRecv_EndsInAResetAndNotInSilence()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        await connection.Client.SendAsync(Message, Ct);

        await Eventually.TrueAsync(
            () =>
            {
                try
                {
                    return connection.Record.Ended is not null || LinuxCalls.Splice(connection.Server, 100_000) is { Length: > 0 };
                }
                catch (IOException)
                {
                    return true;
                }
            },
            "the reader waits for ever");

        await connection.EndedAsync();
        Assert.Contains("nodemesh.io/in-kernel-forwarding", connection.Record.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UrgentData_OfASender_ArriveAsOrdinaryBytes()
    {
        using var connection = await fixture.ConnectInKernelAsync();

        await connection.Client.SendAsync("abc"u8.ToArray(), SocketFlags.None, Ct);
        Assert.Equal(1, connection.Client.Send("!"u8, SocketFlags.OutOfBand));
        await connection.Client.SendAsync("def"u8.ToArray(), SocketFlags.None, Ct);

        Assert.Equal("abc!def"u8.ToArray(), await AcceleratedConnection.ReadExactlyAsync(connection.Server, 7, Ct));
    }

    [Fact]
    public async Task Peek_OfAMessage_ShowsItAndLeavesIt()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        await connection.Client.SendAsync(Message, Ct);
        var peeked = new byte[Message.Length];

        await Eventually.TrueAsync(() => LinuxCalls.Receive(connection.Server, peeked, LinuxCalls.PeekFlag | LinuxCalls.DontWaitFlag) == Message.Length, "nothing to peek at");

        Assert.Equal(Message, peeked);
        Assert.Equal(Message, await AcceleratedConnection.ReadExactlyAsync(connection.Server, Message.Length, Ct));
    }

    [Fact]
    public async Task Fionread_BesideAMessage_TellsItsBytes()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var before = connection.Transfer.RequestBytes;

        await connection.Client.SendAsync(Message, Ct);

        await Eventually.TrueAsync(() => connection.Server.Available == Message.Length, "FIONREAD does not tell of the message");
        Assert.Equal(Message.Length, connection.Transfer.RequestBytes - before);
        await AcceleratedConnection.ReadExactlyAsync(connection.Server, 1000, Ct);
        Assert.Equal(Message.Length - 1000, connection.Server.Available);
    }

    [Fact]
    public async Task EdgeTriggeredEpoll_OfAReader_TellsOfEveryMessage()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        using var poll = new EdgePoll(connection.Server);
        var buffer = new byte[Message.Length];
        var before = connection.Transfer.RequestBytes;

        // Read to EAGAIN each time: whoever misses an edge then waits for ever.
        for (var i = 0; i < 500; i++)
        {
            await connection.Client.SendAsync(Message, Ct);
            for (var received = 0; received < Message.Length;)
            {
                Assert.True(poll.Wait(TimeSpan.FromSeconds(30)), $"message {i} was not told of");
                for (int count; (count = LinuxCalls.Receive(connection.Server, buffer.AsSpan(received), LinuxCalls.DontWaitFlag)) > 0;)
                {
                    received += count;
                }
            }

            Assert.Equal(Message, buffer);
        }

        Assert.True(connection.Transfer.RequestBytes > before, "nothing moved in the kernel");
    }

    [Fact]
    public async Task WaitAll_OnABlockingSocket_GetsAllItAskedForFromThePathThatHonoursIt()
    {
        using var connection = await fixture.ConnectAsync();
        LinuxCalls.MakeBlocking(connection.Server);
        var all = new byte[10 * Message.Length];
        for (var round = 0; round < 5; round++)
        {
            var reading = Task.Run(() => LinuxCalls.Receive(connection.Server, all, LinuxCalls.WaitAllFlag), Ct);
            for (var i = 0; i < 10; i++)
            {
                await connection.Client.SendAsync(Message, Ct);
                await Task.Yield();
            }

            Assert.Equal(all.Length, await Eventually.WithinAsync(reading));
            Assert.Equal(Enumerable.Repeat(Message, 10).SelectMany(m => m), all);
        }

        Assert.False(connection.WasActive, "a blocking reader may not be served from the queue of messages");
    }

    [Fact]
    public async Task BlockingSocket_ThatWasNonBlocking_LeavesTheKernelsMap()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        LinuxCalls.MakeBlocking(connection.Server);
        var buffer = new byte[Message.Length];

        await connection.Client.SendAsync(Message, Ct);
        Assert.Equal(Message.Length, await Eventually.WithinAsync(Task.Run(() => LinuxCalls.Receive(connection.Server, buffer, 0), Ct)));

        await Eventually.TrueAsync(() => !connection.IsActive, "the pair is still active");
        await connection.Client.SendAsync(Message, Ct);
        Assert.Equal(Message.Length, await Eventually.WithinAsync(Task.Run(() => LinuxCalls.Receive(connection.Server, buffer, LinuxCalls.WaitAllFlag), Ct)));
        Assert.Equal(Message, buffer);
    }

    [Fact]
    public async Task ReceiveLowWater_OfAReader_IsHonoured()
    {
        const int LevelSocket = 1;
        const int LowWater = 18;
        using var connection = await fixture.ConnectInKernelAsync();
        connection.Server.SetRawSocketOption(LevelSocket, LowWater, BitConverter.GetBytes(2000));
        var before = connection.Transfer.RequestBytes;

        await connection.Client.SendAsync(Message.AsMemory(0, 1500), Ct);
        Assert.False(connection.Server.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead), "readable below the mark");
        await connection.Client.SendAsync(Message.AsMemory(1500), Ct);
        await Eventually.TrueAsync(() => connection.Server.Poll(TimeSpan.Zero, SelectMode.SelectRead), "not readable at the mark");

        Assert.Equal(before, connection.Transfer.RequestBytes);
        Assert.Equal(Message, await AcceleratedConnection.ReadExactlyAsync(connection.Server, Message.Length, Ct));
    }

    [Fact]
    public async Task PartialWrites_OfANonBlockingSender_AddUp()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var bytes = new byte[8_000_000];
        new Random(2).NextBytes(bytes);
        Task<byte[]>? received = null;
        var partial = 0;

        for (var sent = 0; sent < bytes.Length;)
        {
            var wanted = Math.Min(1_000_000, bytes.Length - sent);
            var count = LinuxCalls.Send(connection.Client, bytes.AsSpan(sent, wanted), LinuxCalls.DontWaitFlag);
            if (count < wanted)
            {
                // Not before: a reader that keeps up leaves nothing partial.
                received ??= AcceleratedConnection.ReadExactlyAsync(connection.Server, bytes.Length, Ct);
            }

            if (count < 0)
            {
                Assert.Equal(-LinuxCalls.TryAgain, count);
                Assert.True(connection.Client.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectWrite), "never writable again");
                continue;
            }

            partial += count < wanted ? 1 : 0;
            sent += count;
        }

        Assert.True(partial > 0 && received is not null, "no write was partial: the test shows nothing");
        Assert.Equal(bytes, await received);
    }

    [Fact]
    public async Task Annotation_ThatDisablesIt_KeepsThePodOnTheOrdinaryPath()
    {
        var server = await fixture.Mesh.AddPodAsync("plain", 1, 9, annotations: new() { [NodeMesh.Capture.Forwarding.ForwardingAnnotation.Name] = "disabled" });
        using var listener = await server.ListenAsync(8080);
        using var near = await fixture.Client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        var activated = fixture.Forwarding.Activated;

        for (var i = 0; i < 50; i++)
        {
            await AcceleratedConnection.PassAsync(near, far, Message, Ct);
            await AcceleratedConnection.PassAsync(far, near, Message, Ct);
        }

        Assert.Equal(activated, fixture.Forwarding.Activated);
    }
}
