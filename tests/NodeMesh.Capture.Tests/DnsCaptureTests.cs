using System.Net;
using System.Net.Sockets;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

public abstract class DnsCaptureTests(CaptureMode mode)
{
    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1")]
    [InlineData("fd99::1")]
    public async Task Udp_QuestionToAnyServer_IsAnsweredByTheProxyInItsName(string server)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();
        var target = new IPEndPoint(IPAddress.Parse(server), 53);
        var client = await fixture.SocketAsync(fixture.PodNamespace, target.Address, SocketType.Dgram);
        // Connected: an answer from another address than the asked one would not arrive.
        await client.ConnectAsync(target, Deadline);
        await client.SendAsync("question"u8.ToArray(), SocketFlags.None, Deadline);

        var proxy = pod.DnsUdp.First(s => s.AddressFamily == target.AddressFamily);
        var buffer = new byte[100];
        var received = await proxy.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), Deadline);
        Assert.Equal("question"u8.ToArray(), buffer[..received.ReceivedBytes]);
        Assert.Equal(client.LocalEndPoint, received.RemoteEndPoint);
        await proxy.SendToAsync("answer"u8.ToArray(), SocketFlags.None, received.RemoteEndPoint, Deadline);

        Assert.Equal("answer"u8.ToArray(), buffer[..await client.ReceiveAsync(buffer, SocketFlags.None, Deadline)]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1")]
    [InlineData("fd99::1")]
    public async Task Tcp_QuestionToAnyServer_ReachesTheProxy(string server)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();

        var client = await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(server), 53);
        await using var accepted = await AcceptedAsync(pod.DnsTcp);

        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(server), 53), pod.GetOriginalDestination(accepted));
    }

    [Fact(Timeout = 60_000)]
    public async Task Udp_ProxysOwnQuestionFromThePodsVeryPort_ReachesTheServerAndComesBack()
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.SocketAsync(fixture.PeerNamespace, FarAddress, SocketType.Dgram);
        server.Bind(new IPEndPoint(FarAddress, 53));
        await using var pod = await fixture.CaptureAsync();
        var buffer = new byte[100];
        var client = await fixture.SocketAsync(fixture.PodNamespace, FarAddress, SocketType.Dgram);
        client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        client.Bind(new IPEndPoint(PodAddress, 5353));
        await client.SendToAsync("question"u8.ToArray(), SocketFlags.None, new IPEndPoint(FarAddress, 53), Deadline);
        var asked = await pod.DnsUdp[0].ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Deadline);

        // Same addresses and ports as the pod's question: without a zone of its own it would take over the pod's entry and be redirected again.
        using var proxy = await pod.CreateDatagramSocketAsync(AddressFamily.InterNetwork, Deadline);
        proxy.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        proxy.Bind(new IPEndPoint(PodAddress, 5353));
        await proxy.ConnectAsync(new IPEndPoint(FarAddress, 53), Deadline);
        await proxy.SendAsync("upstream?"u8.ToArray(), SocketFlags.None, Deadline);
        var upstream = await server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Deadline);
        await server.SendToAsync("upstream!"u8.ToArray(), SocketFlags.None, upstream.RemoteEndPoint, Deadline);
        Assert.Equal("upstream!"u8.ToArray(), buffer[..await proxy.ReceiveAsync(buffer, SocketFlags.None, Deadline)]);
        proxy.Dispose();

        // The kernel prefers the connected socket until it is closed for good, which Dispose does not wait for: so the answer is given until it arrives.
        var answer = client.ReceiveAsync(buffer, SocketFlags.None, Deadline).AsTask();
        while (await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(100), Deadline)) != answer)
        {
            await pod.DnsUdp[0].SendToAsync("answer"u8.ToArray(), SocketFlags.None, asked.RemoteEndPoint, Deadline);
        }

        Assert.Equal("answer"u8.ToArray(), buffer[..await answer]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("nodemesh.io/dns-capture", "false", 53)]
    [InlineData("nodemesh.io/excludeOutboundPorts", "53", 53)]
    [InlineData("nodemesh.io/excludeOutboundPorts", "1", 5353)]
    public async Task Udp_ExcludedOrNotDns_IsNotCaptured(string annotation, string value, int port)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.SocketAsync(fixture.PeerNamespace, FarAddress, SocketType.Dgram);
        server.Bind(new IPEndPoint(FarAddress, port));
        await using var pod = await fixture.CaptureAsync((annotation, value));
        var client = await fixture.SocketAsync(fixture.PodNamespace, FarAddress, SocketType.Dgram);
        await client.ConnectAsync(new IPEndPoint(FarAddress, port), Deadline);
        await client.SendAsync("hello"u8.ToArray(), SocketFlags.None, Deadline);

        var buffer = new byte[100];
        var received = await server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Deadline);

        Assert.Equal(client.LocalEndPoint, received.RemoteEndPoint);
    }
}
