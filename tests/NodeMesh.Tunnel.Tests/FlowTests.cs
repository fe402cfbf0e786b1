using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel.Tests;

/// <summary>Backpressure, fairness, memory.</summary>
public sealed class FlowTests
{
    [Fact]
    public async Task SleepingReader_StopsItsSenderWithinTheWindow_WhileOthersGoOn()
    {
        var wake = new TaskCompletionSource();
        var received = new TaskCompletionSource<byte[]>();
        await using var mesh = new TestMesh(async r =>
        {
            if (r.Authority != "10.0.0.9:80")
            {
                await TestMesh.EchoAsync(r);
                return;
            }

            await using var c = await r.AcceptAsync([], default);
            await wake.Task;
            received.SetResult(await TunnelConnectionTests.HashAsync(c.Transport.Input));
        });
        var pool = mesh.CreatePool();
        await using var sleeping = await mesh.ConnectAsync(pool, "10.0.0.9:80");
        const long Size = 20_000_000;
        var sent = 0L;
        var sending = Task.Run(async () =>
        {
            var chunk = new byte[10_000];
            while (sent < Size)
            {
                await sleeping.Transport.Output.WriteAsync(chunk);
                Interlocked.Add(ref sent, chunk.Length);
            }

            await sleeping.Transport.Output.CompleteAsync();
        });

        await TestMesh.WaitForAsync(() => Interlocked.Read(ref sent) > mesh.Options.StreamWindow - 20_000, "the window is used up");
        await using var other = await mesh.ConnectAsync(pool);
        Assert.Equal(sleeping.TunnelId, other.TunnelId);
        var echoed = TunnelConnectionTests.HashAsync(other.Transport.Input);
        await TunnelConnectionTests.SendAsync(other.Transport.Output, 30_000_000, seed: 5);
        Assert.Equal(TunnelConnectionTests.ExpectedHash(30_000_000, 5), await echoed);

        Assert.InRange(Interlocked.Read(ref sent), mesh.Options.StreamWindow - 20_000, mesh.Options.StreamWindow);
        Assert.False(sending.IsCompleted);
        wake.SetResult();
        await sending.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(new byte[Size]), await received.Task);
    }

    [Fact]
    public async Task BulkStreams_DoNotStarveSmallOnes()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        using var stop = new CancellationTokenSource();
        var bulk = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            await using var c = await mesh.ConnectAsync(pool);
            var drain = TunnelConnectionTests.HashAsync(c.Transport.Input);
            var chunk = new byte[256 * 1024];
            while (!stop.IsCancellationRequested)
            {
                await c.Transport.Output.WriteAsync(chunk);
            }

            await c.Transport.Output.CompleteAsync();
            await drain;
        })).ToArray();

        await using var small = await mesh.ConnectAsync(pool);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            await small.Transport.Output.WriteAsync("ping"u8.ToArray());
            var read = await small.Transport.Input.ReadAsync(TestMesh.Deadline);
            small.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        clock.Stop();
        await stop.CancelAsync();
        await Task.WhenAll(bulk).WaitAsync(TimeSpan.FromSeconds(30));

        // A stream that waited behind whole windows of three others would need 12 MiB of transfer for each ping.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"100 pings took {clock.Elapsed}");
    }

    [Fact]
    public async Task IdleStream_HoldsNoBuffer()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        await client.Transport.Output.WriteAsync(new byte[100_000]);
        for (var total = 0L; total < 100_000;)
        {
            var read = await client.Transport.Input.ReadAsync();
            Assert.True(client.Stream.Receive.HoldsBuffer);
            total += read.Buffer.Length;
            client.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        Assert.False(client.Stream.Receive.HoldsBuffer);
    }

    [Fact]
    public async Task DisposedWhileLent_DoesNotGiveTheReadersBufferAway()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        var client = await mesh.ConnectAsync(pool);
        await client.Transport.Output.WriteAsync("mine"u8.ToArray());
        var read = await client.Transport.Input.ReadAsync();
        client.Abort(new Microsoft.AspNetCore.Connections.ConnectionAbortedException("test"));
        Assert.True(client.Stream.Receive.HoldsBuffer);
        Assert.Equal("mine"u8.ToArray(), System.Buffers.BuffersExtensions.ToArray(read.Buffer));
        client.Transport.Input.AdvanceTo(read.Buffer.End);
        Assert.False(client.Stream.Receive.HoldsBuffer);
        await client.DisposeAsync();
    }

    [Fact]
    public void ReceiveQueue_ConsumedBuffers_GoBackToThePool()
    {
        var pool = new SegmentPool();
        var queue = new ReceiveQueue(pool);
        for (var round = 0; round < 1000; round++)
        {
            var memory = queue.Reserve(100_000);
            queue.Commit(memory.Length);
            if (queue.Length > 300_000)
            {
                queue.Advance(queue.Peek().End);
                Assert.Equal(0, pool.Outstanding);
            }
        }

        Assert.InRange(pool.Outstanding, 0, 6);
    }
}
