using System.Net.Sockets;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Every byte arrives once and in order, whichever way each message took; and is counted.</summary>
[Collection(AccelerationCollection.Name)]
public class IntegrityTests(AccelerationFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(100, 20_000)]
    [InlineData(4096, 5_000)]
    [InlineData(65_536, 600)]
    [InlineData(1_048_576, 60)]
    [InlineData(67_108_864, 2)]
    public async Task Transfer_BothDirectionsAtOnce_KeepsBytesAndOrderAndCounts(int size, int messages)
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var before = connection.Transfer;

        var request = HashedStream.ReceiveAsync(connection.Server, 1, Ct);
        var response = HashedStream.ReceiveAsync(connection.Client, 2, Ct);
        var sentRequest = HashedStream.SendAsync(connection.Client, size, messages, 3, Ct);
        var sentResponse = HashedStream.SendAsync(connection.Server, size, messages, 4, Ct);
        await Task.WhenAll(request, response, sentRequest, sentResponse);

        var total = (long)size * messages;
        Assert.Equal((total, await sentRequest), await request);
        Assert.Equal((total, await sentResponse), await response);
        await connection.EndedAsync();
        Assert.Equal(ConnectionEndReason.Completed, connection.Record.EndReason);
        Assert.Equal((total + connection.Warmed, total + connection.Warmed), (connection.Record.Bytes.Received, connection.Record.Bytes.Sent));
        var transfer = connection.Transfer;
        Assert.True(transfer.RequestBytes > before.RequestBytes, "no request byte moved in the kernel");
        Assert.True(transfer.ResponseBytes > before.ResponseBytes, "no response byte moved in the kernel");
    }

    [Fact]
    public async Task Transfers_OfFiveHundredPairsAtOnce_KeepBytesAndOrderAndLeaveNothing()
    {
        const int Pairs = 500;
        var connections = new List<AcceleratedConnection>();
        try
        {
            for (var i = 0; i < Pairs; i++)
            {
                connections.Add(await fixture.ConnectAsync());
            }

            await Task.WhenAll(connections.Select(c => c.WarmUpAsync()));
            await Task.WhenAll(connections.Select((c, i) => TransferAsync(c, i)));
            await Task.WhenAll(connections.Select(c => c.EndedAsync()));
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }

        await fixture.AssertNothingLeftAsync();

        static async Task TransferAsync(AcceleratedConnection connection, int seed)
        {
            var size = new Random(seed).Next(1, 50_000);
            var received = HashedStream.ReceiveAsync(connection.Server, seed, Ct);
            var back = HashedStream.ReceiveAsync(connection.Client, seed, Ct);
            var sent = HashedStream.SendAsync(connection.Client, size, 20, seed, Ct);
            var sentBack = HashedStream.SendAsync(connection.Server, size, 20, -seed, Ct);
            Assert.Equal((20L * size, await sent), await received);
            Assert.Equal((20L * size, await sentBack), await back);
        }
    }

    [Fact]
    public async Task Transfer_UnpairedWhileItRuns_LosesNothing()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var received = HashedStream.ReceiveAsync(connection.Server, 1, Ct);
        var sent = HashedStream.SendAsync(connection.Client, 20_000, 3_000, 2, Ct);
        await DataPaths.Eventually.TrueAsync(() => connection.Transfer.RequestBytes > 1_000_000 || sent.IsCompleted, "nothing moves");

        connection.Disable();
        var moved = connection.Transfer;

        Assert.Equal((60_000_000L, await sent), await received);
        Assert.False(connection.IsActive);

        // One message may have been under way as it was disabled.
        Assert.InRange(connection.Transfer.RequestBytes, moved.RequestBytes, moved.RequestBytes + 20_000);
        connection.Server.Shutdown(SocketShutdown.Send);
        await connection.EndedAsync();
        Assert.Equal(60_000_000 + connection.Warmed, connection.Record.Bytes.Received);
    }

    [Fact]
    public async Task Connection_WithFewMessages_IsNotSetUpInTheKernel()
    {
        await fixture.AssertNothingLeftAsync();
        using var connection = await fixture.ConnectAsync();

        await ExchangeAsync(3);
        Assert.Equal(0, fixture.Forwarding.CountEntries().Pairs);

        await ExchangeAsync(10);
        await DataPaths.Eventually.TrueAsync(() => fixture.Forwarding.CountEntries().Pairs == 2 * fixture.PairsOfOne, "it is not paired");

        async Task ExchangeAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await AcceleratedConnection.PassAsync(connection.Client, connection.Server, new byte[100], Ct);
                await AcceleratedConnection.PassAsync(connection.Server, connection.Client, new byte[100], Ct);
            }
        }
    }

    [Fact]
    public async Task Server_ThatSpeaksFirst_IsHeardAndPaired()
    {
        using var connection = await fixture.ConnectAsync();
        var greeting = "220 ready"u8.ToArray();

        await AcceleratedConnection.PassAsync(connection.Server, connection.Client, greeting, Ct);
        await connection.WarmUpAsync();

        Assert.True(connection.IsActive);
    }
}
