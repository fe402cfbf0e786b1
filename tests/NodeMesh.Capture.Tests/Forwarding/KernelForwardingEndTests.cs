using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture.Tests.Forwarding;

/// <summary>What a proxy leaves behind that ends with messages under way.</summary>
[Collection("in-kernel forwarding")] // One at a time: each start makes a transfer between the same two addresses of this process.
public class KernelForwardingEndTests
{
    private const int MessageSize = 10_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_ThatWaitWhenItEnds_ReachTheirReaderBeforeTheEndOfTheStream(bool isLeg)
    {
        var forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, Ct);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(new IPAddress([127, 172, (byte)(Environment.ProcessId >> 8), (byte)Environment.ProcessId]), Model.MeshPorts.Outbound));
        listener.Listen(1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        forwarding.AddNamespace(client.GetNetworkNamespaceCookie());
        forwarding.Expect(client.SafeHandle);
        await client.ConnectAsync(listener.LocalEndPoint!, Ct);
        using var server = await listener.AcceptAsync(Ct);
        server.Blocking = false;
        var pair = isLeg ? forwarding.ServerLeg(client.SafeHandle) : forwarding.Pair(server.SafeHandle, (IPEndPoint)listener.LocalEndPoint!, client.SafeHandle)!;
        await WarmUpAsync(client, server, pair);

        var before = pair.Transfer.RequestBytes;
        var sent = Enumerable.Range(0, MessageSize).Select(i => (byte)i).ToArray();
        await client.SendAsync(sent, Ct);
        Assert.Equal(MessageSize, pair.Transfer.RequestBytes - before);
        client.Shutdown(SocketShutdown.Send);

        // To the kernel this is what a kill is: every descriptor closes. A successor gives it time to clean up.
        await forwarding.DisposeAsync();
        await using (await KernelForwarding.StartAsync(NullLogger.Instance, Ct))
        {
        }

        var received = new byte[MessageSize];
        for (var count = 0; count < MessageSize;)
        {
            var some = await server.ReceiveAsync(received.AsMemory(count), Ct);
            Assert.NotEqual(0, some);
            count += some;
        }

        Assert.Equal(sent, received);
        Assert.Equal(0, await server.ReceiveAsync(received, Ct));
    }

    [Fact]
    public async Task NameOfAClient_WhosePortIsUsedAgain_IsNotForgottenWithTheEarlierConnection()
    {
        await using var forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, Ct);
        ForwardEndKey[] name = [new(1, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 40_000), new IPEndPoint(IPAddress.Parse("192.0.2.2"), 80))];

        forwarding.Seek(name, 2);
        forwarding.Seek(name, 4);
        forwarding.SeekNoMore(name, 2);
        Assert.Equal(1, forwarding.CountEntries().Wanted);

        forwarding.SeekNoMore(name, 4);
        Assert.Equal(0, forwarding.CountEntries().Wanted);
    }

    private static async Task WarmUpAsync(Socket client, Socket server, KernelPair pair)
    {
        using var limit = new CancellationTokenSource(Limit);
        var one = new byte[1];
        while (pair.Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 })
        {
            pair.Ask();
            await client.SendAsync(one, limit.Token);
            await server.ReceiveAsync(one, limit.Token);
            await server.SendAsync(one, limit.Token);
            await client.ReceiveAsync(one, limit.Token);
        }
    }
}
