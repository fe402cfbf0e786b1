using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Sockets;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>Real connections in real namespaces: what every way of capture does alike.</summary>
public abstract class CaptureTests(CaptureMode mode)
{
    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1")]
    [InlineData("fd99::1")]
    public async Task Outbound_Connection_ArrivesAtTheProxyWithItsOriginalDestination(string destination)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();

        var client = await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(destination), 8080);
        await using var accepted = await AcceptedAsync(pod.Outbound);

        Assert.Equal(new IPEndPoint(IPAddress.Parse(destination), 8080), pod.GetOriginalDestination(accepted));
        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
        await AssertEchoAsync(client, Raw(accepted));
        await AssertEchoAsync(Raw(accepted), client);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.77.0.2")]
    [InlineData("fd77::2")]
    public async Task Inbound_Plaintext_ArrivesAtTheProxyWithItsOriginalDestination(string destination)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();

        var client = await fixture.ConnectAsync(fixture.PeerNamespace, IPAddress.Parse(destination), 8080);
        await using var accepted = await AcceptedAsync(pod.InboundPlaintext);

        Assert.Equal(new IPEndPoint(IPAddress.Parse(destination), 8080), pod.GetOriginalDestination(accepted));
        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
        await AssertEchoAsync(client, Raw(accepted));
        await AssertEchoAsync(Raw(accepted), client);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.77.0.2")]
    [InlineData("fd77::2")]
    public async Task Inbound_Hbone_ReachesItsListenerDirectly(string destination)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();

        await fixture.ConnectAsync(fixture.PeerNamespace, IPAddress.Parse(destination), 15008);
        await using var accepted = await AcceptedAsync(pod.Hbone);

        Assert.Equal(new IPEndPoint(IPAddress.Parse(destination), 15008), pod.GetOriginalDestination(accepted));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1", "10.77.0.2", "10.77.0.1")]
    [InlineData("fd99::1", "fd77::2", "fd77::1")]
    public async Task Opened_Pod_KeepsWhatWasCapturedAndLetsNewConnectionsPast(string destination, string app, string source)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.ListenAsync(fixture.PodNamespace, IPAddress.Parse(app), 8080);
        var far = await fixture.ListenAsync(fixture.PeerNamespace, IPAddress.Parse(destination), 8080);
        await using var pod = await fixture.CaptureAsync();
        var accepted = (Client: await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(destination), 8080), Proxy: await AcceptedAsync(pod.Outbound));
        await using var outbound = accepted.Proxy;
        var waiting = await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(destination), 8080);
        using var delivering = (await pod.OpenSocketFromAsync(IPAddress.Parse(source), Deadline)).ToSocket();
        await delivering.ConnectAsync(new IPEndPoint(IPAddress.Parse(app), 8080), Deadline);
        var delivered = await fixture.AcceptAsync(server);

        await fixture.Capture.OpenAsync(pod, Deadline);

        var direct = await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(destination), 8080);
        await AssertEchoAsync(await fixture.AcceptAsync(far), direct);
        var inbound = await fixture.ConnectAsync(fixture.PeerNamespace, IPAddress.Parse(app), 8080);
        await AssertEchoAsync(inbound, await fixture.AcceptAsync(server));
        await AssertEchoAsync(delivering, delivered);
        await AssertEchoAsync(delivered, delivering);
        await using var late = await AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(destination), 8080), pod.GetOriginalDestination(late));
        await AssertEchoAsync(waiting, Raw(late));
        await AssertEchoAsync(Raw(outbound), accepted.Client);
        await fixture.Capture.ReleaseAsync(pod, Deadline);
        await fixture.Capture.OpenAsync(pod, Deadline);
    }

    [Fact(Timeout = 60_000)]
    public async Task Outbound_ProxysOwnSocket_IsNotCaptured()
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await using var pod = await fixture.CaptureAsync();

        using var socket = await pod.CreateSocketAsync(AddressFamily.InterNetwork, Deadline);
        await socket.ConnectAsync(new IPEndPoint(FarAddress, 8080), Deadline);

        Assert.Equal(PodAddress, ((IPEndPoint)(await fixture.AcceptAsync(server)).RemoteEndPoint!).Address);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.77.0.2", "10.77.0.1")]
    [InlineData("fd77::2", "fd77::1")]
    [InlineData("10.77.0.2", "192.0.2.77")]
    [InlineData("fd77::2", "2001:db8::77")]
    [InlineData("10.77.0.2", "10.77.0.2")]
    [InlineData("fd77::2", "fd77::2")]
    public async Task Looped_ConnectionWithTheClientsAddress_WorksInBothDirections(string app, string source)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.ListenAsync(fixture.PodNamespace, IPAddress.Parse(app), 8080);
        await using var pod = await fixture.CaptureAsync();

        using var proxy = (await pod.OpenSocketFromAsync(IPAddress.Parse(source), Deadline)).ToSocket();
        await proxy.ConnectAsync(new IPEndPoint(IPAddress.Parse(app), 8080), Deadline);
        var accepted = await fixture.AcceptAsync(server);

        Assert.Equal(IPAddress.Parse(source), ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        await AssertEchoAsync(proxy, accepted);
        await AssertEchoAsync(accepted, proxy);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("169.254.7.127", "10.77.0.2")]
    [InlineData("fd16:9254:7127:1337:ffff:ffff:ffff:ffff", "fd77::2")]
    public async Task Inbound_ProbeAddress_ReachesTheApplicationWithoutTheProxy(string probe, string app)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.ListenAsync(fixture.PodNamespace, IPAddress.Parse(app), 8080);
        await using var pod = await fixture.CaptureAsync();

        var client = await fixture.ConnectAsync(fixture.PeerNamespace, IPAddress.Parse(app), 8080, IPAddress.Parse(probe));

        await AssertEchoAsync(client, await fixture.AcceptAsync(server));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.77.0.2")]
    [InlineData("fd77::2")]
    public async Task Outbound_ToThePodItself_StaysDirect(string address)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.ListenAsync(fixture.PodNamespace, IPAddress.Parse(address), 8080);
        await using var pod = await fixture.CaptureAsync();

        var client = await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(address), 8080);

        await AssertEchoAsync(client, await fixture.AcceptAsync(server));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("127.0.0.1", 15001, true)]
    [InlineData("::1", 15001, true)]
    [InlineData("10.77.0.2", 15001, true)]
    [InlineData("10.99.0.1", 15001, false)]
    [InlineData("10.77.0.2", 8080, null)]
    public async Task Outbound_ToOneOfTheProxysPorts_IsReported(string address, int port, bool? isOwn)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();
        if (isOwn is null)
        {
            Assert.False(pod.IsOwnListener(new IPEndPoint(IPAddress.Parse(address), port)));
            return;
        }

        await fixture.ConnectAsync(fixture.PodNamespace, IPAddress.Parse(address), port);
        await using var accepted = await AcceptedAsync(pod.Outbound);

        var destination = pod.GetOriginalDestination(accepted);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), destination);
        Assert.Equal(isOwn, pod.IsOwnListener(destination));
    }

    [Fact(Timeout = 60_000)]
    public async Task Accepted_Connection_CarriesTheProxysMark()
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        await using var pod = await fixture.CaptureAsync();
        await fixture.ConnectAsync(fixture.PeerNamespace, PodAddress, 8080);

        await using var accepted = await AcceptedAsync(pod.InboundPlaintext);

        Assert.Equal(CaptureMarks.Proxy, Raw(accepted).GetMark());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("vm0")]
    [InlineData("vm+")]
    [InlineData("none+,v+")]
    public async Task Outbound_BehindAVirtualInterface_IsTakenAsOutbound(string name)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var guest = await fixture.Network.AddAsync("guest");
        var device = await fixture.Network.ConnectAsync(fixture.Pod, ["10.66.0.1/24"], guest, ["10.66.0.2/24"]);
        await guest.AddRouteAsync("default", "10.66.0.1");
        await fixture.Pod.EnableForwardingAsync();
        await fixture.Pod.RunAsync("sh", "-c", $"ip link set {device} down && ip link set {device} name vm0 && ip link set vm0 up");
        await using var pod = await fixture.CaptureAsync(("istio.io/reroute-virtual-interfaces", name));
        using var guestNamespace = Linux.Namespaces.NetworkNamespace.Open(guest.Path);

        await fixture.ConnectAsync(guestNamespace, FarAddress, 8080);
        await using var accepted = await AcceptedAsync(pod.Outbound);

        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
    }
}
