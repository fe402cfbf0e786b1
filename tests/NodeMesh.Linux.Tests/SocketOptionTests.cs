using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

public sealed class SocketOptionTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetwork, "192.0.2.1")]
    [InlineData(AddressFamily.InterNetworkV6, "2001:db8::1")]
    public void SetTransparent_AllowsBindingAForeignAddress(AddressFamily family, string address)
    {
        using var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        var target = new IPEndPoint(IPAddress.Parse(address), 0);
        Assert.Throws<SocketException>(() => socket.Bind(target));

        socket.SetTransparent();

        socket.Bind(target);
    }

    [Fact]
    public void SetMark_IsRead()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetMark(0x539);

        Assert.Equal(0x539u, socket.GetMark());
    }

    [Fact]
    public void GetCookie_IsStableAndUnique()
    {
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Assert.Equal(first.GetCookie(), first.GetCookie());
        Assert.NotEqual(first.GetCookie(), second.GetCookie());
    }

    [Fact(Timeout = 30_000)]
    public async Task Accept_FromADualStackListener_ShowsPlainAddresses()
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        socket.Listen(1);
        await using var listener = new SocketConnectionListener(socket);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.EndPoint).Port, TestContext.Current.CancellationToken);

        await using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.Equal(client.LocalEndPoint, accepted!.RemoteEndPoint);
        Assert.Equal(client.RemoteEndPoint, accepted.LocalEndPoint);
        Assert.Null(((SocketConnection)accepted).Handle.GetOriginalDestination((IPEndPoint)accepted.RemoteEndPoint!));
    }

    [Fact(Timeout = 30_000)]
    public async Task Accept_WhenUnbound_ReturnsNull()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(1);
        var listener = new SocketConnectionListener(socket);
        var accept = listener.AcceptAsync(TestContext.Current.CancellationToken);
        await listener.UnbindAsync(TestContext.Current.CancellationToken);

        Assert.Null(await accept);
        Assert.Null(await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }
}
