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
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

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
        var (client, server, record) = await ConnectAsync(isOutbound);
        using var ownedClient = client;
        using var ownedServer = server;
        var leg = (isOutbound ? record.Bytes.Legs!.Client : record.Bytes.Legs!.Server)!;
        var warmed = await WarmUpAsync(client, server, leg);

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
        client.Dispose();
        server.Dispose();
        await fixture.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bulk_ThroughATunnel_IsLeftToTcp(bool isOutbound)
    {
        var (client, server, record) = await ConnectAsync(isOutbound);
        using var ownedClient = client;
        using var ownedServer = server;

        var received = HashedStream.ReceiveAsync(server, 1, Ct);
        var sent = HashedStream.SendAsync(client, 1_000_000, 40, 2, Ct);
        Assert.Equal((40_000_000L, await sent), await received);
        server.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => record.Ended is not null, "the proxy has not ended the connection");
        Assert.Equal(0, record.Bytes.LegsOnceActive);
        Assert.Equal(40_000_000, record.Bytes.Received);
    }

    private async Task<(Socket Client, Socket Server, ConnectionRecord Record)> ConnectAsync(bool isOutbound)
    {
        var (from, to) = isOutbound ? (fixture.Client, fixture.Far) : (fixture.Far, fixture.Server);
        using var listener = await to.ListenAsync(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var client = await from.ConnectAsync(to.Address, port);
        var server = await TestMesh.AcceptAsync(listener);
        ConnectionRecord? record = null;
        await Eventually.TrueAsync(
            () => (record = fixture.Mesh.Node1.DataPath.Connections.Live.FirstOrDefault(r => r.Destination.Port == port && r.IsAdmitted && r.Ended is null)) is not null,
            "the proxy has no record of the connection");
        return (client, server, record!);
    }

    private static async Task<long> WarmUpAsync(Socket client, Socket server, KernelPair leg)
    {
        using var limit = new CancellationTokenSource(Limit);
        var one = new byte[1];
        var count = 0L;
        while (leg.Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 })
        {
            await AcceleratedConnection.PassAsync(client, server, one, limit.Token);
            await AcceleratedConnection.PassAsync(server, client, one, limit.Token);
            count++;
            await Task.Delay(1, limit.Token);
        }

        return count;
    }
}
