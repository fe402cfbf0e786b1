using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Tests.DataPaths;

public sealed class TunnelAcceptorTests
{
    [Fact]
    public async Task Accept_HandshakesUnderWay_AreBoundedAndServedConnectionsAreNot()
    {
        const int limit = 2;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(16);
        await using var listener = new SocketConnectionListener(socket);
        using var stop = new CancellationTokenSource();
        var tracker = new ConnectionTracker(NullLogger<ConnectionTracker>.Instance);
        var handshakes = new ConcurrentQueue<Action>();
        var end = new TaskCompletionSource();
        var accepting = new TunnelAcceptor(limit, tracker).AcceptAsync(
            listener,
            async (accepted, handshaken) =>
            {
                using (accepted)
                {
                    handshakes.Enqueue(handshaken);
                    await end.Task;
                }
            },
            stop.Token);
        var clients = Enumerable.Range(0, 5).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var client in clients)
        {
            await client.ConnectAsync(listener.EndPoint);
        }

        await Eventually.TrueAsync(() => handshakes.Count == limit, "the first were not accepted");
        var served = 0;
        while (served < clients.Count)
        {
            Assert.InRange(tracker.Active, 0, served + limit);
            await Eventually.TrueAsync(() => !handshakes.IsEmpty, "the next was not accepted");
            Assert.True(handshakes.TryDequeue(out var handshaken));
            served++;
            handshaken();
            handshaken();
        }

        Assert.Equal(clients.Count, tracker.Active);
        await stop.CancelAsync();
        await accepting;
        end.SetResult();
        await tracker.WaitAsync(TestContext.Current.CancellationToken);
        clients.ForEach(c => c.Dispose());
    }
}
