using System.Net;
using System.Net.Sockets;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

public sealed class EbpfDnsTests() : DnsCaptureTests(CaptureMode.Ebpf)
{
    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1", "10.77.0.2")]
    [InlineData("fd99::1", "fd77::2")]
    [InlineData("::ffff:10.99.0.1", "10.77.0.2")]
    public async Task Udp_UnconnectedQuestion_ComesFromThePodAndItsAnswerFromTheServer(string server, string pod)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var captured = await fixture.CaptureAsync();
        var target = new IPEndPoint(IPAddress.Parse(server), 53);
        var client = await SocketAsync(fixture, target);
        var buffer = new byte[100];

        await client.SendToAsync("question"u8.ToArray(), SocketFlags.None, target, Deadline);
        var (proxy, asked) = await ReceiveAsync(captured, IPAddress.Parse(pod).AddressFamily, buffer);
        await proxy.SendToAsync("answer"u8.ToArray(), SocketFlags.None, asked, Deadline);
        var answer = await client.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(target.AddressFamily), Deadline);

        Assert.Equal(IPAddress.Parse(pod), asked.Address);
        Assert.Equal("answer"u8.ToArray(), buffer[..answer.ReceivedBytes]);
        Assert.Equal(target, answer.RemoteEndPoint);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1")]
    [InlineData("fd99::1")]
    [InlineData("::ffff:10.99.0.1")]
    public async Task Udp_ConnectedQuestion_IsNamedAfterItsServerEverywhere(string server)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var captured = await fixture.CaptureAsync();
        var target = new IPEndPoint(IPAddress.Parse(server), 53);
        var client = await SocketAsync(fixture, target);
        var buffer = new byte[100];

        await client.ConnectAsync(target, Deadline);
        await client.SendAsync("question"u8.ToArray(), SocketFlags.None, Deadline);
        var (proxy, asked) = await ReceiveAsync(captured, target.Address.IsIPv4MappedToIPv6 ? AddressFamily.InterNetwork : target.AddressFamily, buffer);
        await proxy.SendToAsync("answer"u8.ToArray(), SocketFlags.None, asked, Deadline);
        var answer = await client.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(target.AddressFamily), Deadline);

        Assert.Equal(target, answer.RemoteEndPoint);
        Assert.Equal(target, NamesOf(client).Peer);
    }

    [Fact(Timeout = 60_000)]
    public async Task Udp_AskedAServer_StillTalksToOthersDirectly()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var other = await fixture.SocketAsync(fixture.PeerNamespace, FarAddress, SocketType.Dgram);
        other.Bind(new IPEndPoint(FarAddress, 5353));
        await using var captured = await fixture.CaptureAsync();
        var client = await SocketAsync(fixture, new IPEndPoint(FarAddress, 53));
        var buffer = new byte[100];
        await client.SendToAsync("question"u8.ToArray(), SocketFlags.None, new IPEndPoint(FarAddress, 53), Deadline);
        await ReceiveAsync(captured, AddressFamily.InterNetwork, buffer);

        await client.SendToAsync("hello"u8.ToArray(), SocketFlags.None, new IPEndPoint(FarAddress, 5353), Deadline);
        var received = await other.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(AddressFamily.InterNetwork), Deadline);
        await other.SendToAsync("yes"u8.ToArray(), SocketFlags.None, received.RemoteEndPoint, Deadline);
        var answer = await client.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(AddressFamily.InterNetwork), Deadline);

        Assert.Equal(PodAddress, ((IPEndPoint)received.RemoteEndPoint).Address);
        Assert.Equal(new IPEndPoint(FarAddress, 5353), answer.RemoteEndPoint);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1", "10.99.0.2", "10.99.0.3")]
    [InlineData("fd99::1", "fd99::2", "fd99::3")]
    [InlineData("::ffff:10.99.0.1", "fd99::2", "::ffff:10.99.0.3")]
    public async Task Udp_SeveralServersAskedByOneSocket_EachAnswersInItsName(params string[] servers)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var captured = await fixture.CaptureAsync();
        var targets = servers.Select(s => new IPEndPoint(IPAddress.Parse(s), 53)).ToList();
        var client = await SocketAsync(fixture, targets[0]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var echoes = captured.DnsUdp.Select(s => EchoAsync(s, stop.Token)).ToArray();

        // All before the first answer is read, the first again at the end: as musl's resolver does, and in another order than they were asked.
        foreach (var (target, i) in targets.Append(targets[0]).Select((t, i) => (t, i)))
        {
            await client.SendToAsync(new byte[] { (byte)i }, SocketFlags.None, target, Deadline);
        }

        var answers = new Dictionary<int, EndPoint>();
        var buffer = new byte[100];
        while (answers.Count <= targets.Count)
        {
            var answer = await client.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(targets[0].AddressFamily), Deadline);
            answers[buffer[0]] = answer.RemoteEndPoint;
        }

        await stop.CancelAsync();
        await Task.WhenAll(echoes);
        Assert.Equal(targets.Append(targets[0]), answers.OrderBy(a => a.Key).Select(a => a.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task Udp_MoreServersThanPlaces_TheLatestAreNamedRightly()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var captured = await fixture.CaptureAsync();
        var client = await SocketAsync(fixture, new IPEndPoint(FarAddress, 53));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var echoes = captured.DnsUdp.Select(s => EchoAsync(s, stop.Token)).ToArray();
        var buffer = new byte[100];

        for (var i = 1; i <= 10; i++)
        {
            var target = new IPEndPoint(IPAddress.Parse($"10.99.0.{i}"), 53);
            await client.SendToAsync(new byte[] { (byte)i }, SocketFlags.None, target, Deadline);
            Assert.Equal(target, (await client.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(AddressFamily.InterNetwork), Deadline)).RemoteEndPoint);
        }

        await stop.CancelAsync();
        await Task.WhenAll(echoes);
    }

    [Fact(Timeout = 60_000)]
    public async Task Udp_ToAServerInThePodItself_StaysThere()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.SocketAsync(fixture.PodNamespace, PodAddress, SocketType.Dgram);
        server.Bind(new IPEndPoint(PodAddress, 53));
        await using var captured = await fixture.CaptureAsync();
        var client = await SocketAsync(fixture, new IPEndPoint(PodAddress, 53));
        var buffer = new byte[100];

        await client.SendToAsync("hello"u8.ToArray(), SocketFlags.None, new IPEndPoint(PodAddress, 53), Deadline);

        var received = await server.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(AddressFamily.InterNetwork), Deadline);
        Assert.Equal("hello"u8.ToArray(), buffer[..received.ReceivedBytes]);
    }

    private static async Task<Socket> SocketAsync(CaptureFixture fixture, IPEndPoint target)
    {
        var socket = await fixture.SocketAsync(fixture.PodNamespace, target.Address, SocketType.Dgram);
        if (target.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        return socket;
    }

    private static async Task<(Socket Proxy, IPEndPoint Asked)> ReceiveAsync(ICapturedPod captured, AddressFamily family, byte[] buffer)
    {
        var proxy = captured.DnsUdp.First(s => s.AddressFamily == family);
        var received = await proxy.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(family), Deadline);
        Assert.Equal("question"u8.ToArray(), buffer[..received.ReceivedBytes]);
        return (proxy, (IPEndPoint)received.RemoteEndPoint);
    }

    private static async Task EchoAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[100];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, AnyOf(socket.AddressFamily), stop);
                await socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, received.RemoteEndPoint, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // All answers have been read.
        }
    }

    private static IPEndPoint AnyOf(AddressFamily family) => new(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
}
