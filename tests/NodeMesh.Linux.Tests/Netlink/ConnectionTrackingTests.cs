using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Netlink;
using NodeMesh.Testing;

namespace NodeMesh.Linux.Tests.Netlink;

public sealed class ConnectionTrackingTests
{
    private const int Listener = 15001;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("iptables", "192.0.2.1", "127.0.0.1")]
    [InlineData("ip6tables", "2001:db8::1", "::1")]
    public async Task OtherEnd_OfARedirectedConnection_HasTheNamesOfItsOwnSocket(string tool, string dialled, string loopback)
    {
        await using var network = await TestNetwork.CreateAsync();
        var inside = await network.AddAsync("ct");
        await inside.RunAsync("ip", "route", "add", "default", "dev", "lo");
        await inside.RunAsync("ip", "-6", "route", "add", "default", "dev", "lo");
        await inside.RunAsync(tool, "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", dialled, "-j", "REDIRECT", "--to-ports", $"{Listener}");
        using var broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open(inside.Path);
        var address = IPAddress.Parse(loopback);
        using var listener = await broker.CreateSocketAsync(ns, address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, Ct);
        listener.Bind(new IPEndPoint(address, Listener));
        listener.Listen();

        // Two servers, one port of the client: to the listener these would be one connection.
        using var first = await ConnectAsync(broker, ns, address, new IPEndPoint(IPAddress.Parse(dialled), 80));
        using var firstAccepted = await listener.AcceptAsync(Ct);
        using var second = await ConnectAsync(broker, ns, address, new IPEndPoint(IPAddress.Parse(dialled), 81));
        using var secondAccepted = await listener.AcceptAsync(Ct);
        Assert.Equal(first.LocalEndPoint, second.LocalEndPoint);
        Assert.NotEqual(second.LocalEndPoint, secondAccepted.RemoteEndPoint);
        using var tracking = await ConnectionTracking.OpenAsync(broker, ns, Ct);

        Assert.Equal(((IPEndPoint)first.LocalEndPoint!, (IPEndPoint)first.RemoteEndPoint!), Find(tracking, firstAccepted));
        Assert.Equal(((IPEndPoint)second.LocalEndPoint!, (IPEndPoint)second.RemoteEndPoint!), Find(tracking, secondAccepted));
        Assert.Equal(((IPEndPoint)secondAccepted.LocalEndPoint!, (IPEndPoint)secondAccepted.RemoteEndPoint!), Find(tracking, second));
        Assert.Null(tracking.FindOtherEnd(new IPEndPoint(address, 1), new IPEndPoint(address, 2)));
    }

    private static (IPEndPoint Local, IPEndPoint Remote)? Find(ConnectionTracking tracking, Socket socket) =>
        tracking.FindOtherEnd((IPEndPoint)socket.LocalEndPoint!, (IPEndPoint)socket.RemoteEndPoint!);

    private static async Task<Socket> ConnectAsync(NetworkNamespaceBroker broker, NetworkNamespace ns, IPAddress from, IPEndPoint to)
    {
        var socket = await broker.CreateSocketAsync(ns, from.AddressFamily, SocketType.Stream, ProtocolType.Tcp, Ct);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(from, 20_001));
        await socket.ConnectAsync(to, Ct);
        return socket;
    }
}
