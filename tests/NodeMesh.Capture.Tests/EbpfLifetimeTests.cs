using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Ebpf;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Testing;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>Pinned state: taken over, replaced, swept, removed.</summary>
public sealed class EbpfLifetimeTests
{
    [Fact(Timeout = 60_000)]
    public async Task Release_OfACapturedPod_LeavesNothing()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var before = await SettingsAsync(fixture);
        var pod = await fixture.CaptureAsync(
            ("nodemesh.io/excludeOutboundPorts", "1"), ("nodemesh.io/excludeOutboundIPRanges", "192.0.2.0/24,2001:db8::/32"), ("istio.io/reroute-virtual-interfaces", "vm0"));
        Assert.NotEqual(before, await SettingsAsync(fixture));
        Assert.NotEmpty(Entries(fixture));

        await fixture.Capture.ReleaseAsync(pod, Deadline);

        Assert.Equal(before, await SettingsAsync(fixture));
        Assert.Empty(Entries(fixture));
        Assert.Empty(fixture.Pins.PodCookies());
        Assert.Empty((await fixture.Pod.RunAsync("ss", "-Hlntu")).Trim());
        await AssertEchoAsync(await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080), await fixture.AcceptAsync(server));
        await fixture.Capture.ReleaseAsync(pod, Deadline);
    }

    [Fact(Timeout = 60_000)]
    public async Task Release_AfterDisposeAndTheNamespacesEnd_StillForgetsIt()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();

        await fixture.Capture.ReleaseAsync(pod, Deadline);

        Assert.Empty(Entries(fixture));
    }

    [Fact(Timeout = 60_000)]
    public async Task Inbound_WithoutAProxy_IsRefusedNotLetThrough()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PodNamespace, CaptureFixture.PodAddress, 8080);
        var escaped = server.AcceptAsync(Deadline).AsTask();
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();

        var error = await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080));

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.False(escaped.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Successor_OfAProxyThatWasKilled_TakesOverBothWays()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var first = await fixture.CaptureAsync(("nodemesh.io/excludeOutboundPorts", "9"));
        // What a kill does: sockets and descriptors go, pins stay.
        await first.DisposeAsync();
        ((EbpfCapture)fixture.Capture).Dispose();

        await using var second = await fixture.Successor().CaptureAsync(fixture.Enrollment(), Deadline);

        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 9);
        await using var outbound = await AcceptedAsync(second.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 9), second.GetOriginalDestination(outbound));
        var client = await fixture.ConnectAsync(fixture.PeerNamespace, PodAddressV6, 8080);
        await using var inbound = await AcceptedAsync(second.InboundPlaintext);
        Assert.Equal(client.LocalEndPoint, inbound.RemoteEndPoint);
        Assert.Single(LinksTo(fixture.PodNamespace));
    }

    [Fact(Timeout = 60_000)]
    public async Task Successor_BesideAProxyThatStillRuns_GetsTheNewConnectionsAndLeavesTheOld()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await using var first = await fixture.CaptureAsync();
        var before = await fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080);
        await using var old = await AcceptedAsync(first.InboundPlaintext);

        await using var second = await fixture.Successor().CaptureAsync(fixture.Enrollment(), Deadline);
        var after = await fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080);
        await using var accepted = await AcceptedAsync(second.InboundPlaintext);

        Assert.Equal(after.LocalEndPoint, accepted.RemoteEndPoint);
        await AssertEchoAsync(before, Raw(old));
    }

    [Fact(Timeout = 120_000)]
    public async Task Successors_UnderLoad_NeverLetAConnectionOut()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var escaped = server.AcceptAsync(Deadline).AsTask();
        var pod = await fixture.CaptureAsync();
        var serving = ServeAsync(pod);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var (captured, refused) = (0, 0);
        var load = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var client = await fixture.Broker.CreateSocketAsync(fixture.PodNamespace, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline);
                    try
                    {
                        await client.ConnectAsync(new IPEndPoint(FarAddress, 8080), Deadline);
                        captured++;
                    }
                    catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
                    {
                        refused++;
                    }
                }
            },
            Deadline);

        for (var i = 0; i < 4; i++)
        {
            await pod.DisposeAsync();
            await serving;
            var seen = refused;
            await EventuallyAsync(() => refused > seen);
            pod = await fixture.Successor().CaptureAsync(fixture.Enrollment(i % 2 == 0 ? [("nodemesh.io/excludeOutboundPorts", "9")] : []), Deadline);
            serving = ServeAsync(pod);
            seen = captured;
            await EventuallyAsync(() => captured > seen);
        }

        await stop.CancelAsync();
        await load;
        await pod.DisposeAsync();
        await serving;
        Assert.False(escaped.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_AfterAPodsNamespaceIsGone_SweepsIt()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var doomed = await TestNetwork.CreateAsync();
        var ns = await doomed.AddAsync("doomed");
        var pod = await fixture.Capture.CaptureAsync(fixture.Enrollment() with { NetworkNamespace = ns.Path }, Deadline);
        await pod.DisposeAsync();
        ((EbpfCapture)fixture.Capture).Dispose();
        Assert.Single(fixture.Pins.PodCookies());
        await doomed.DisposeAsync();
        // The kernel takes a namespace down behind its last user's back.
        await EventuallyAsync(() => !CapturePins.IsAlive(fixture.Pins.Pod(fixture.Pins.PodCookies()[0])));

        fixture.Successor().Start();

        Assert.Empty(fixture.Pins.PodCookies());
        Assert.Empty(Entries(fixture));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_OverAnotherVersionsState_KeepsItsPodsClosedAndReplacesIt()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var first = await fixture.CaptureAsync();
        await first.DisposeAsync();
        ((EbpfCapture)fixture.Capture).Dispose();
        var old = Path.Combine(EbpfCapture.DefaultRoot, "v0", fixture.Instance);
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        Directory.Move(Path.Combine(EbpfCapture.DefaultRoot, "v1", fixture.Instance), old);

        var successor = fixture.Successor();
        successor.Start();

        var error = await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        await using var pod = await successor.CaptureAsync(fixture.Enrollment(), Deadline);
        Assert.False(Directory.Exists(old));
        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await using var accepted = await AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
        await EventuallyAsync(() => LinksTo(fixture.PodNamespace).Count == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_OverAnotherBuildsMaps_KeepsItsPodsClosedAndReplacesThem()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var first = await fixture.CaptureAsync();
        await first.DisposeAsync();
        ((EbpfCapture)fixture.Capture).Dispose();
        BpfFileSystem.Remove(fixture.Pins.Map("port_rules"));
        using (var foreign = BpfMap<int, int>.Create(BpfMapType.Hash, "port_rules", 8))
        {
            foreign.Pin(fixture.Pins.Map("port_rules"));
        }

        var successor = fixture.Successor();
        successor.Start();

        await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080));
        await using var pod = await successor.CaptureAsync(fixture.Enrollment(), Deadline);
        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await using var accepted = await AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
    }

    [Fact(Timeout = 60_000)]
    public async Task RemoveInstance_WhateverTheProxyDid_LeavesNoPinLinkOrCapture()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();
        ((EbpfCapture)fixture.Capture).Dispose();

        EbpfCapture.RemoveInstance(fixture.Instance);

        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", fixture.Instance)));
        await EventuallyAsync(() => LinksTo(fixture.PodNamespace).Count == 0);
        await AssertEchoAsync(await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080), await fixture.AcceptAsync(server));
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_OfAPodThatWasCapturedByIptables_ReplacesItsRules()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await (await new IptablesCapture(fixture.Broker).CaptureAsync(fixture.Enrollment(), Deadline)).DisposeAsync();

        await using var pod = await fixture.CaptureAsync();

        Assert.DoesNotContain("NODEMESH", await fixture.Pod.RunAsync("sh", "-c", "iptables-save; ip6tables-save"), StringComparison.Ordinal);
        await fixture.ConnectAsync(fixture.PodNamespace, FarAddressV6, 8080);
        await using var outbound = await AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(FarAddressV6, 8080), pod.GetOriginalDestination(outbound));
        await fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080);
        await using var inbound = await AcceptedAsync(pod.InboundPlaintext);
        Assert.Equal(new IPEndPoint(CaptureFixture.PodAddress, 8080), pod.GetOriginalDestination(inbound));
        await fixture.ListenAsync(fixture.PodNamespace, CaptureFixture.PodAddress, 9090);
        using var delivery = (await pod.OpenSocketFromAsync(PeerAddress, Deadline)).ToSocket();
        await delivery.ConnectAsync(new IPEndPoint(CaptureFixture.PodAddress, 9090), Deadline);
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_OfTheNodesOwnNamespace_IsRefused()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);

        var error = await Assert.ThrowsAsync<CaptureException>(
            async () => await fixture.Capture.CaptureAsync(fixture.Enrollment() with { NetworkNamespace = "/proc/self/ns/net" }, Deadline));

        Assert.Contains("node's own", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Device_ThatComesLaterAndMatchesAPattern_IsToldOfAndFollowed()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.Pod.EnableForwardingAsync();
        await using var pod = await fixture.CaptureAsync(("istio.io/reroute-virtual-interfaces", "vm+"));
        var guest = await fixture.Network.AddAsync("guest");
        var device = await fixture.Network.ConnectAsync(fixture.Pod, ["10.66.0.1/24"], guest, ["10.66.0.2/24"]);
        await guest.AddRouteAsync("default", "10.66.0.1");
        await fixture.Pod.RunAsync("sh", "-c", $"ip link set {device} down && ip link set {device} name vm7 && ip link set vm7 up");
        using var guestNamespace = NetworkNamespace.Open(guest.Path);

        await pod.ChangedAsync(Deadline);
        Assert.False(await fixture.Capture.RepairAsync(pod, Deadline));

        await fixture.ConnectAsync(guestNamespace, FarAddress, 8080);
        await using var accepted = await CaptureAsserts.AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(accepted));
    }

    [Fact(Timeout = 60_000)]
    public async Task Probe_OnThisMachine_FindsNothingMissingAndLeavesNothing()
    {
        using var broker = new NetworkNamespaceBroker();
        using var capture = new EbpfCapture(broker, "nmt-probe", NullLogger.Instance);

        var support = await capture.ProbeAsync(Deadline);

        Assert.Empty(support.Problems);
        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", "nmt-probe")));
    }

    [Fact(Timeout = 120_000)]
    public async Task FindStrayThreads_AfterCapturesAndTraffic_FindsNone()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        for (var i = 0; i < 3; i++)
        {
            var pod = await fixture.CaptureAsync();
            await fixture.ConnectAsync(fixture.PodNamespace, FarAddressV6, 8080);
            await using (await AcceptedAsync(pod.Outbound))
            {
                await fixture.Capture.ReleaseAsync(pod, Deadline);
            }
        }

        Assert.Empty(fixture.Broker.FindStrayThreads());
    }

    /// <summary>Accepts and closes until the pod is disposed: else the listener's queue would fill up.</summary>
    private static async Task ServeAsync(ICapturedPod pod)
    {
        while (await pod.Outbound.AcceptAsync(Deadline) is { } accepted)
        {
            await accepted.DisposeAsync();
        }
    }

    /// <summary>The links to a network namespace, whoever made them.</summary>
    private static List<BpfLinkInfo> LinksTo(NetworkNamespace ns) => [.. BpfInventory.Links().Where(l => l.NetworkNamespaceInode == ns.Id.Inode)];

    /// <summary>Everything that the maps say of any pod.</summary>
    private static List<string> Entries(CaptureFixture fixture)
    {
        using var namespaces = BpfMap<ulong, CapturedNamespace>.OpenPinned(fixture.Pins.Map("captured_namespaces"));
        using var own = BpfMap<OwnAddress, byte>.OpenPinned(fixture.Pins.Map("own_addresses"));
        using var ports = BpfMap<PortRule, byte>.OpenPinned(fixture.Pins.Map("port_rules"));
        using var ranges = BpfMap<AddressRange, byte>.OpenPinned(fixture.Pins.Map("address_ranges"));
        using var devices = BpfMap<VirtualInterface, byte>.OpenPinned(fixture.Pins.Map("virtual_interfaces"));
        using var listeners = BpfSocketMap<PodListener>.OpenPinned(fixture.Pins.Map("pod_listeners"));
        return
        [
            .. namespaces.Enumerate().Select(e => $"{e.Key}"), .. own.Enumerate().Select(e => $"{e.Key}"), .. ports.Enumerate().Select(e => $"{e.Key}"),
            .. ranges.Enumerate().Select(e => $"{e.Key}"), .. devices.Enumerate().Select(e => $"{e.Key}"), .. listeners.EnumerateKeys().Select(k => $"{k}"),
        ];
    }

    private static async Task<string> SettingsAsync(CaptureFixture fixture)
    {
        var text = await fixture.Pod.RunAsync("sh", "-c", "cd /proc/sys/net; cat ipv4/tcp_fwmark_accept ipv4/fwmark_reflect ipv6/fwmark_reflect");
        foreach (var flag in (string[])["-4", "-6"])
        {
            text += await fixture.Pod.RunAsync("ip", flag, "rule");
            text += await fixture.Pod.RunAsync("ip", flag, "route", "show", "table", "all");
        }

        return text;
    }
}
