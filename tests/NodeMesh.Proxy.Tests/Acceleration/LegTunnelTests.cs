using System.Net;
using System.Net.Sockets;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>The leg to the application of a connection that goes through a tunnel.</summary>
[Collection(LegCollection.Name)]
public sealed class LegTunnelTests(LegFixture fixture)
{
    private const int Attempts = 6;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1, 3_000)]
    [InlineData(true, 5_000, 3_000)]
    [InlineData(true, 1_000_000, 40)]
    [InlineData(false, 1, 3_000)]
    [InlineData(false, 5_000, 3_000)]
    [InlineData(false, 1_000_000, 40)]
    public async Task Transfer_ThroughATunnel_KeepsBytesAndOrderAndCounts(bool isOutbound, int size, int messages)
    {
        var (from, to) = isOutbound ? (fixture.Client, fixture.Far) : (fixture.Far, fixture.Server);
        using var listener = await to.ListenAsync(0);
        // A leg is an offer: now and then a connection is not taken up, and goes by TCP for its whole life. The next one is.
        for (var attempt = 1; !await TryTransferAsync(from, to, listener, isOutbound, size, messages); attempt++)
        {
            Assert.True(attempt < Attempts, "no connection got a leg that carries messages both ways");
        }

        await fixture.AssertNothingLeftAsync();
    }

    private async Task<bool> TryTransferAsync(TestPod from, TestPod to, Socket listener, bool isOutbound, int size, int messages)
    {
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var client = await from.ConnectAsync(to.Address, port);
        using var server = await TestMesh.AcceptAsync(listener);
        ConnectionRecord? record = null;
        await Eventually.TrueAsync(
            () => (record = fixture.Mesh.Node1.DataPath.Connections.Live.FirstOrDefault(r => r.Destination.Port == port && r.IsOpened && r.Ended is null)) is not null,
            "the proxy has no record of the connection");
        var leg = (isOutbound ? record!.Bytes.Legs!.Client : record!.Bytes.Legs!.Server)!;
        if (await WarmUpAsync(client, server, leg) is not { } warmed)
        {
            client.Dispose();
            server.Dispose();
            await Eventually.TrueAsync(() => record.Ended is not null, "the proxy has not ended the connection");
            return false;
        }

        var request = HashedStream.ReceiveAsync(server, 1, Ct);
        var response = HashedStream.ReceiveAsync(client, 2, Ct);
        var sentRequest = HashedStream.SendAsync(client, size, messages, 3, Ct);
        var sentResponse = HashedStream.SendAsync(server, size, messages, 4, Ct);
        await Task.WhenAll(request, response, sentRequest, sentResponse);

        var total = (long)size * messages;
        Assert.Equal((total, await sentRequest), await request);
        Assert.Equal((total, await sentResponse), await response);
        await Eventually.TrueAsync(() => record.Ended is not null, "the proxy has not ended the connection");
        Assert.Equal(ConnectionEndReason.Completed, record.EndReason);
        Assert.Equal((total + warmed, total + warmed), (record.Bytes.Received, record.Bytes.Sent));
        return true;
    }

    /// <summary>Passes single bytes until messages move both ways; null when they do not.</summary>
    private static async Task<long?> WarmUpAsync(Socket client, Socket server, KernelPair leg)
    {
        using var limit = new CancellationTokenSource(Limit);
        var one = new byte[1];
        var count = 0L;
        while (leg.Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 })
        {
            try
            {
                await AcceleratedConnection.PassAsync(client, server, one, limit.Token);
                await AcceleratedConnection.PassAsync(server, client, one, limit.Token);
                count++;
                await Task.Delay(1, limit.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        return count;
    }
}
