using Microsoft.AspNetCore.Connections;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel.Tests;

/// <summary>The ends of a connection: half-close, reset, and the loss of the tunnel.</summary>
public sealed class ClosingTests
{
    [Fact]
    public async Task HalfClose_OfTheClient_LeavesTheServersDirectionOpen()
    {
        await using var mesh = new TestMesh(async r =>
        {
            await using var c = await r.AcceptAsync([], default);
            var request = await TunnelConnectionTests.ReadAllAsync(c.Transport.Input);
            await c.Transport.Output.WriteAsync(request);
            await c.Transport.Output.WriteAsync("late"u8.ToArray());
            await c.Transport.Output.CompleteAsync();
        });
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        await client.Transport.Output.WriteAsync("early "u8.ToArray());
        await client.Transport.Output.CompleteAsync();
        Assert.Equal("early late"u8.ToArray(), await TunnelConnectionTests.ReadAllAsync(client.Transport.Input));
        await TestMesh.WaitForAsync(() => client.ConnectionClosed.IsCancellationRequested, "the stream is closed");
    }

    [Fact]
    public async Task HalfClose_OfTheServer_LeavesTheClientsDirectionOpen()
    {
        var received = new TaskCompletionSource<byte[]>();
        await using var mesh = new TestMesh(async r =>
        {
            await using var c = await r.AcceptAsync([], default);
            await c.Transport.Output.CompleteAsync();
            received.SetResult(await TunnelConnectionTests.ReadAllAsync(c.Transport.Input));
        });
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        Assert.Empty(await TunnelConnectionTests.ReadAllAsync(client.Transport.Input));
        await client.Transport.Output.WriteAsync("still here"u8.ToArray());
        await client.Transport.Output.CompleteAsync();
        Assert.Equal("still here"u8.ToArray(), await received.Task);
    }

    [Fact]
    public async Task Abort_OfTheClient_ResetsReaderAndWriterAtTheServer()
    {
        var outcome = new TaskCompletionSource<(Exception? Read, Exception? Write)>();
        await using var mesh = new TestMesh(async r =>
        {
            await using var c = await r.AcceptAsync([], default);
            var read = await Record.ExceptionAsync(async () => await c.Transport.Input.ReadAsync());
            outcome.SetResult((read, await Record.ExceptionAsync(async () => await c.Transport.Output.WriteAsync(new byte[1]))));
        });
        var client = await mesh.ConnectAsync(mesh.CreatePool());
        client.Abort(new ConnectionAbortedException("test"));

        var (read, write) = await outcome.Task;
        Assert.IsType<ConnectionResetException>(read);
        Assert.IsType<ConnectionResetException>(write);
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await client.Transport.Input.ReadAsync());
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await client.Transport.Output.WriteAsync(new byte[1]));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Abort_OfTheServer_ResetsWaitingReaderAndBlockedWriterAtTheClient()
    {
        var abort = new TaskCompletionSource();
        await using var mesh = new TestMesh(async r =>
        {
            await using var c = await r.AcceptAsync([], default);
            await abort.Task;
            c.Abort(new ConnectionAbortedException("test"));
        });
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        var reading = client.Transport.Input.ReadAsync().AsTask();

        // More than the window: the write waits for credit that never comes.
        var writing = client.Transport.Output.WriteAsync(new byte[5 * 1024 * 1024]).AsTask();
        await Task.Yield();
        Assert.False(writing.IsCompleted);
        abort.SetResult();

        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<ConnectionResetException>(() => writing.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(8u)]
    public async Task ResetAfterEndStream_WithNoErrorOrCancel_IsACleanEnd(uint code)
    {
        await using var server = new RawServer();
        await using var connection = await server.ConnectAsync();
        var peer = await server.Peer;
        await peer.SendAsync([.. Http2.RawPeer.Frame(FrameType.Data, 0x1, 1, "last"u8.ToArray()), .. Http2.RawPeer.Frame(FrameType.RstStream, 0, 1, Http2.RawPeer.UInt32(code))]);
        await TestMesh.WaitForAsync(() => connection.ConnectionClosed.IsCancellationRequested, "the reset has come");
        Assert.Equal("last"u8.ToArray(), await TunnelConnectionTests.ReadAllAsync(connection.Transport.Input));
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Output.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task ResetWithoutEndStream_WithCancel_IsAReset()
    {
        await using var server = new RawServer();
        await using var connection = await server.ConnectAsync();
        var peer = await server.Peer;
        await peer.SendAsync([.. Http2.RawPeer.Frame(FrameType.Data, 0, 1, "cut"u8.ToArray()), .. Http2.RawPeer.Frame(FrameType.RstStream, 0, 1, Http2.RawPeer.UInt32(8))]);
        await TestMesh.WaitForAsync(() => connection.ConnectionClosed.IsCancellationRequested, "the reset has come");
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync());
    }

    [Fact]
    public async Task PeerKilled_FailsItsConnections_AndTheNextGetsANewTunnel()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        await using var first = await mesh.ConnectAsync(pool);
        var reading = first.Transport.Input.ReadAsync().AsTask();

        mesh.AcceptedSockets[0].Close(0);

        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
        await using var second = await mesh.ConnectAsync(pool);
        Assert.NotEqual(first.TunnelId, second.TunnelId);
    }

    [Fact]
    public async Task Reader_HalfConsumed_KeepsTheRest()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        await client.Transport.Output.WriteAsync("abcdef"u8.ToArray());
        var read = await client.Transport.Input.ReadAtLeastAsync(6);
        client.Transport.Input.AdvanceTo(read.Buffer.GetPosition(2), read.Buffer.End);
        Assert.False(client.Transport.Input.TryRead(out _));
        await client.Transport.Output.WriteAsync("g"u8.ToArray());
        read = await client.Transport.Input.ReadAsync();
        Assert.Equal("cdefg"u8.ToArray(), System.Buffers.BuffersExtensions.ToArray(read.Buffer));
        client.Transport.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task Reader_CancelPendingReadAndToken_EndTheWaitOnly()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        var reading = client.Transport.Input.ReadAsync().AsTask();
        client.Transport.Input.CancelPendingRead();
        Assert.True((await reading).IsCanceled);

        using var cancel = new CancellationTokenSource();
        reading = client.Transport.Input.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        await client.Transport.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, (await client.Transport.Input.ReadAsync()).Buffer.Length);
    }

    [Fact]
    public async Task Writer_BufferedAndCompleted_SendsEverythingBeforeTheEnd()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        var writer = client.Transport.Output;
        for (var i = 0; i < 10_000; i++)
        {
            writer.GetSpan(1)[0] = (byte)i;
            writer.Advance(1);
        }

        writer.Complete();
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (byte)i), await TunnelConnectionTests.ReadAllAsync(client.Transport.Input));
    }
}
