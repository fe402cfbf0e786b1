using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>Deliveries to the application with a client's address, where the client's own connection has its true name in the same namespace.</summary>
public sealed class EbpfDeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("10.77.0.2", "10.77.0.1")]
    [InlineData("fd77::2", "fd77::1")]
    public async Task Delivery_BesideTheClientsOwnConnection_DoesNotMixWithIt(string app, string source)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var (address, clientAddress) = (IPAddress.Parse(app), IPAddress.Parse(source));
        var server = await fixture.ListenAsync(fixture.PodNamespace, address, 8080);
        await using var pod = await fixture.CaptureAsync();
        var client = await fixture.ConnectAsync(fixture.PeerNamespace, address, 8080, clientAddress);
        await using var captured = await AcceptedAsync(pod.InboundPlaintext);

        using var proxy = (await pod.OpenSocketFromAsync(clientAddress, Deadline)).ToSocket();
        await proxy.ConnectAsync(new IPEndPoint(address, 8080), Deadline);
        var accepted = await fixture.AcceptAsync(server);
        var second = await fixture.ConnectAsync(fixture.PeerNamespace, address, 8080, clientAddress);
        await using var capturedToo = await AcceptedAsync(pod.InboundPlaintext);

        Assert.Equal(clientAddress, ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        Assert.Equal(second.LocalEndPoint, capturedToo.RemoteEndPoint);
        await AssertEchoAsync(proxy, accepted);
        await AssertEchoAsync(client, Raw(captured));
        await AssertEchoAsync(accepted, proxy);
        await AssertEchoAsync(Raw(captured), client);
        await AssertEchoAsync(second, Raw(capturedToo));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.77.0.2", "10.77.0.1")]
    [InlineData("fd77::2", "fd77::1")]
    public async Task Client_ThatChoosesThePortOfALiveDelivery_DoesNotMixWithIt(string app, string source)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var (address, clientAddress) = (IPAddress.Parse(app), IPAddress.Parse(source));
        var server = await fixture.ListenAsync(fixture.PodNamespace, address, 8080);
        await using var pod = await fixture.CaptureAsync();
        using var proxy = (await pod.OpenSocketFromAsync(clientAddress, Deadline)).ToSocket();
        await proxy.ConnectAsync(new IPEndPoint(address, 8080), Deadline);
        var accepted = await fixture.AcceptAsync(server);

        var client = await fixture.SocketAsync(fixture.PeerNamespace, clientAddress, SocketType.Stream);
        client.Bind(proxy.LocalEndPoint!);
        await client.ConnectAsync(new IPEndPoint(address, 8080), Deadline);
        await using var captured = await AcceptedAsync(pod.InboundPlaintext);

        Assert.Equal(proxy.LocalEndPoint, captured.RemoteEndPoint);
        await AssertEchoAsync(proxy, accepted);
        await AssertEchoAsync(client, Raw(captured));
        await AssertEchoAsync(accepted, proxy);
        await AssertEchoAsync(Raw(captured), client);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("10.77.0.2", "10.77.0.1")]
    [InlineData("fd77::2", "2001:db8::77")]
    public async Task Delivery_ToAPortWithoutAServer_IsRefusedAtOnce(string app, string source)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var pod = await fixture.CaptureAsync();

        using var proxy = (await pod.OpenSocketFromAsync(IPAddress.Parse(source), Deadline)).ToSocket();
        var error = await Assert.ThrowsAsync<SocketException>(() => proxy.ConnectAsync(new IPEndPoint(IPAddress.Parse(app), 8080), Deadline).AsTask());

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Application_OfADelivery_InheritsTheDeliverysMark()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PodNamespace, PodAddress, 8080);
        await using var pod = await fixture.CaptureAsync();

        using var proxy = (await pod.OpenSocketFromAsync(PeerAddress, Deadline)).ToSocket();
        await proxy.ConnectAsync(new IPEndPoint(PodAddress, 8080), Deadline);

        Assert.Equal(CaptureMarks.Delivery, (await fixture.AcceptAsync(server)).GetMark());
        Assert.Equal(CaptureMarks.Proxy, CaptureMarks.Delivery & CaptureMarks.Mask);
    }

    [Fact(Timeout = 60_000)]
    public async Task Port_OfALiveClient_IsPassedOverUntilItEnds()
    {
        const int Taken = DeliveryPorts.First + 77;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.SetReuseAddress();
        client.Bind(new IPEndPoint(IPAddress.Loopback, Taken));
        await client.ConnectAsync(listener.LocalEndPoint!, Deadline);
        var connection = new SocketConnection(await listener.AcceptAsync(Deadline));
        var ports = new DeliveryPorts(Taken - 1);

        ports.Watch(connection);
        Assert.Equal(Taken + 1, Bound(ports));

        await connection.DisposeAsync();
        await EventuallyAsync(() => connection.ConnectionClosed.IsCancellationRequested);
        var again = new DeliveryPorts(Taken - 1);
        again.Watch(connection);
        Assert.Equal(Taken, Bound(again));
    }

    [Fact]
    public void Ports_AfterTheLast_BeginAnew() => Assert.Equal(DeliveryPorts.First, Bound(new DeliveryPorts(DeliveryPorts.Last)));

    /// <summary>The port that a socket of an address of nobody's gets.</summary>
    private static int Bound(DeliveryPorts ports)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        ports.Bind(socket.SafeHandle, IPAddress.Loopback);
        return socket.SafeHandle.GetLocalName()!.Port;
    }
}
