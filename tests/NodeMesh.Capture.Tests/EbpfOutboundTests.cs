using System.Net;
using System.Net.Sockets;
using NodeMesh.Capture.Ebpf;
using NodeMesh.Linux.Bpf;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>What is special to connections that are rewritten before they begin.</summary>
public sealed class EbpfOutboundTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1", "10.77.0.2")]
    [InlineData("fd99::1", "fd77::2")]
    [InlineData("::ffff:10.99.0.1", "::ffff:10.77.0.2")]
    public async Task Application_OfACapturedConnection_SeesWhatItDialledAndItsOwnAddress(string destination, string own)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var pod = await fixture.CaptureAsync();
        var dialled = new IPEndPoint(IPAddress.Parse(destination), 8080);

        var client = await ConnectAsync(fixture, dialled);
        await using var accepted = await AcceptedAsync(pod.Outbound);

        var (peer, local) = NamesOf(client);
        Assert.Equal(dialled, peer);
        Assert.Equal(IPAddress.Parse(own), ((IPEndPoint)local!).Address);
        Assert.Equal(Plain(dialled), pod.GetOriginalDestination(accepted));
        Assert.Equal(Plain((IPEndPoint)local), accepted.RemoteEndPoint);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1", "0.0.0.0")]
    [InlineData("fd99::1", "::")]
    [InlineData("::ffff:10.99.0.1", "::")]
    public async Task Socket_BoundToAPortOnAnyAddress_StillComesFromThePod(string destination, string any)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var pod = await fixture.CaptureAsync();
        var dialled = new IPEndPoint(IPAddress.Parse(destination), 8080);

        var client = await ConnectAsync(fixture, dialled, new IPEndPoint(IPAddress.Parse(any), 7777));
        await using var accepted = await AcceptedAsync(pod.Outbound);

        var expected = new IPEndPoint(Plain(dialled).AddressFamily == AddressFamily.InterNetwork ? CaptureFixture.PodAddress : PodAddressV6, 7777);
        Assert.Equal(expected, accepted.RemoteEndPoint);
        Assert.Equal(expected, Plain((IPEndPoint)NamesOf(client).Local!));
        Assert.Equal(Plain(dialled), pod.GetOriginalDestination(accepted));
    }

    [Fact(Timeout = 60_000)]
    public async Task Socket_BoundToASource_KeepsIt()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.Pod.AddAddressAsync("eth0", "10.77.0.9/24");
        await using var pod = await fixture.CaptureAsync();

        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080, IPAddress.Parse("10.77.0.9"));
        await using var accepted = await AcceptedAsync(pod.Outbound);

        Assert.Equal(IPAddress.Parse("10.77.0.9"), ((IPEndPoint)accepted.RemoteEndPoint!).Address);
    }

    [Fact(Timeout = 60_000)]
    public async Task FastOpen_DataWithTheConnection_ArrivesWithTheDestination()
    {
        const string Client = """
            import socket
            s = socket.socket()
            s.sendto(b"early", socket.MSG_FASTOPEN, ("10.99.0.1", 8080))
            print(s.getpeername(), s.recv(9).decode())
            """;
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var pod = await fixture.CaptureAsync();
        var client = fixture.Pod.RunAsync("python3", "-c", Client);

        await using var accepted = await AcceptedAsync(pod.Outbound);
        var read = await accepted.Transport.Input.ReadAtLeastAsync(5, Deadline);
        Assert.Equal("early"u8, read.Buffer.FirstSpan);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
        await accepted.Transport.Output.WriteAsync("answer"u8.ToArray(), Deadline);

        Assert.Equal("('10.99.0.1', 8080) answer", (await client).Trim());
    }

    [Fact(Timeout = 60_000)]
    public async Task Client_ThatSendsAndClosesBeforeItIsAccepted_IsStillKnown()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var pod = await fixture.CaptureAsync();
        var client = await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await client.SendAsync("once"u8.ToArray(), SocketFlags.None, Deadline);
        client.Dispose();

        await using var accepted = await AcceptedAsync(pod.Outbound);

        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10.99.0.1")]
    [InlineData("fd99::1")]
    [InlineData("::ffff:10.99.0.1")]
    public async Task Connection_WithoutAProxy_IsRefusedAndLeavesNoEntry(string destination)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var dialled = new IPEndPoint(IPAddress.Parse(destination), 8080);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, Plain(dialled).Address, 8080);
        var escaped = server.AcceptAsync(Deadline).AsTask();
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();

        var error = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(fixture, dialled));

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.False(escaped.IsCompleted);
        Assert.Empty(Handshakes(fixture));
    }

    [Fact(Timeout = 120_000)]
    public async Task ManyConnections_AtOnce_EachHaveTheirOwnDestinationAndLeaveNoEntry()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var pod = await fixture.CaptureAsync();
        const int Count = 400;
        var expected = new Dictionary<EndPoint, int>();
        var clients = Enumerable.Range(1, Count).Select(async i =>
        {
            var client = await fixture.Broker.CreateSocketAsync(fixture.PodNamespace, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline);
            await client.ConnectAsync(new IPEndPoint(FarAddress, 20_000 + i), Deadline);
            return (Socket: client, Port: 20_000 + i);
        }).ToList();
        var actual = new Dictionary<EndPoint, int>();
        for (var i = 0; i < Count; i++)
        {
            await using var accepted = await AcceptedAsync(pod.Outbound);
            actual[accepted.RemoteEndPoint!] = pod.GetOriginalDestination(accepted).Port;
        }

        foreach (var (socket, port) in await Task.WhenAll(clients))
        {
            expected[socket.LocalEndPoint!] = port;
            socket.Dispose();
        }

        Assert.Equal(expected, actual);
        Assert.Empty(Handshakes(fixture));
    }

    [Fact(Timeout = 60_000)]
    public async Task ExcludedRange_ByAMappedAddress_GoesDirect()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await using var pod = await fixture.CaptureAsync(("nodemesh.io/excludeOutboundIPRanges", "10.99.0.0/16"));

        var client = await ConnectAsync(fixture, new IPEndPoint(FarAddress.MapToIPv6(), 8080));

        await AssertEchoAsync(client, await fixture.AcceptAsync(server));
    }

    [Fact(Timeout = 60_000)]
    public async Task IncludedIpv6Everything_DoesNotMeanMappedAddresses()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await using var pod = await fixture.CaptureAsync(("nodemesh.io/includeOutboundIPRanges", "::/0"));

        var client = await ConnectAsync(fixture, new IPEndPoint(FarAddress.MapToIPv6(), 8080));

        await AssertEchoAsync(client, await fixture.AcceptAsync(server));
    }

    [Fact(Timeout = 60_000)]
    public async Task UnmarkedNamespaceBesideIt_IsNotTouched()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PodNamespace, IPAddress.Any, 8080);
        await using var pod = await fixture.CaptureAsync(("nodemesh.io/excludeInboundPorts", "8080"));

        var client = await fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080);

        Assert.Equal(client.LocalEndPoint, (await fixture.AcceptAsync(server)).RemoteEndPoint);
        Assert.Equal(new IPEndPoint(CaptureFixture.PodAddress, 8080), NamesOf(client).Peer);
    }

    private static IPEndPoint Plain(IPEndPoint name) => name.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(name.Address.MapToIPv4(), name.Port) : name;

    private static List<CapturedFlow> Handshakes(CaptureFixture fixture)
    {
        using var map = BpfMap<CapturedFlow, OriginalDestination>.OpenPinned(fixture.Pins.Map("original_destinations"));
        return [.. map.Enumerate().Select(e => e.Key)];
    }

    private static async Task<Socket> ConnectAsync(CaptureFixture fixture, IPEndPoint destination, IPEndPoint? source = null)
    {
        var socket = await fixture.SocketAsync(fixture.PodNamespace, destination.Address, SocketType.Stream);
        if (destination.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        if (source is not null)
        {
            socket.Bind(source);
        }

        await socket.ConnectAsync(destination, Deadline);
        return socket;
    }
}
