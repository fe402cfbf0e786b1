using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>What tests of capture look at.</summary>
internal static class CaptureAsserts
{
    internal static async Task<ConnectionContext> AcceptedAsync(IConnectionListener listener) =>
        await listener.AcceptAsync(Deadline) ?? throw new InvalidOperationException("the listener is unbound");

    internal static async Task AssertEchoAsync(Socket from, Socket to)
    {
        var sent = Guid.NewGuid().ToByteArray();
        await from.SendAsync(sent, SocketFlags.None, Deadline);
        var received = new byte[sent.Length];
        for (var count = 0; count < received.Length;)
        {
            var read = await to.ReceiveAsync(received.AsMemory(count), SocketFlags.None, Deadline);
            Assert.NotEqual(0, read);
            count += read;
        }

        Assert.Equal(sent, received);
    }

    /// <summary>What getpeername and getsockname say: a socket remembers the names that it was given.</summary>
    internal static (EndPoint? Peer, EndPoint? Local) NamesOf(Socket socket)
    {
        using var asked = new Socket(new SafeSocketHandle(socket.Handle, ownsHandle: false));
        return (asked.RemoteEndPoint, asked.LocalEndPoint);
    }

    internal static async Task EventuallyAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Deadline);
        }
    }

    internal static Socket Raw(ConnectionContext connection) => ((Linux.Transport.SocketConnection)connection).Detach();
}
