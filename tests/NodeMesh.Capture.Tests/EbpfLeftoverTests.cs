using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Ebpf;
using NodeMesh.Linux.Bpf;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>What a proxy that was killed left, and the next one finds: other pods, another way of capture, half a step.</summary>
public sealed class EbpfLeftoverTests
{
    [Fact(Timeout = 60_000)]
    public async Task ForgetOthers_PodThatLeftWhileNoProxyWasThere_IsOpenAgain()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await KilledAsync(fixture);
        var successor = fixture.Successor();
        successor.Start();
        await AssertRefusedAsync(fixture);

        await successor.ForgetOthersAsync([], Deadline);

        await AssertEchoAsync(await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080), await fixture.AcceptAsync(server));
        Assert.Empty(fixture.Pins.PodCookies());
    }

    [Fact(Timeout = 60_000)]
    public async Task ForgetOthers_PodThatIsEnrolled_StaysClosedUntilItIsCaptured()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await KilledAsync(fixture);
        var successor = fixture.Successor();

        await successor.ForgetOthersAsync([fixture.Enrollment()], Deadline);

        await AssertRefusedAsync(fixture);
        Assert.Single(fixture.Pins.PodCookies());
    }

    [Fact(Timeout = 60_000)]
    public async Task ForgetOthers_EnrolledPodCannotBeFound_EndsNothing()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await KilledAsync(fixture);
        var successor = fixture.Successor();

        // It may be the one that is captured: by another path.
        await Assert.ThrowsAsync<CaptureException>(
            async () => await successor.ForgetOthersAsync([fixture.Enrollment() with { NetworkNamespace = "/run/netns/nmt-none" }], Deadline));

        await AssertRefusedAsync(fixture);
    }

    [Fact(Timeout = 60_000)]
    public async Task Iptables_AfterEbpf_KeepsPodsClosedUntilTheirRulesAreThere()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        var escaped = server.AcceptAsync(Deadline).AsTask();
        await fixture.ListenAsync(fixture.PodNamespace, CaptureFixture.PodAddress, 8080);
        await KilledAsync(fixture);

        using var capture = new IptablesCapture(fixture.Broker, EarlierCapture.Open(fixture.Broker, fixture.Instance, NullLogger.Instance));
        await AssertRefusedAsync(fixture);
        await capture.ForgetOthersAsync([fixture.Enrollment()], Deadline);
        await AssertRefusedAsync(fixture);
        await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080));
        await using var pod = await capture.CaptureAsync(fixture.Enrollment(), Deadline);

        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", fixture.Instance)));
        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await using var outbound = await AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(outbound));
        await fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080);
        await using var inbound = await AcceptedAsync(pod.InboundPlaintext);
        Assert.Equal(new IPEndPoint(CaptureFixture.PodAddress, 8080), pod.GetOriginalDestination(inbound));
        Assert.False(escaped.IsCompleted);
        await capture.ReleaseAsync(pod, Deadline);
    }

    [Fact(Timeout = 60_000)]
    public async Task Iptables_AfterEbpfOfAPodThatLeft_OpensItAndLeavesNothing()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await KilledAsync(fixture);
        using var capture = new IptablesCapture(fixture.Broker, EarlierCapture.Open(fixture.Broker, fixture.Instance, NullLogger.Instance));

        await capture.ForgetOthersAsync([], Deadline);

        await AssertEchoAsync(await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080), await fixture.AcceptAsync(server));
        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", fixture.Instance)));
        // A pod that comes now has nothing to do with it.
        await using var pod = await capture.CaptureAsync(fixture.Enrollment(), Deadline);
        Assert.False(EbpfCapture.HasLeftovers(fixture.Instance));
    }

    [Fact(Timeout = 60_000)]
    public async Task EarlierCapture_OfAProxyWithoutPods_IsRemovedAtOnce()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        ((EbpfCapture)fixture.Capture).Start();
        ((EbpfCapture)fixture.Capture).Dispose();

        Assert.Null(EarlierCapture.Open(fixture.Broker, fixture.Instance, NullLogger.Instance));

        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", fixture.Instance)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_AfterAKillBeforeThePodsProgramWasPinned_SweepsTheDirectory()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        ((EbpfCapture)fixture.Capture).Start();
        BpfFileSystem.CreateDirectory(fixture.Pins.Pod(ulong.MaxValue));
        ((EbpfCapture)fixture.Capture).Dispose();

        fixture.Successor().Start();

        Assert.Empty(fixture.Pins.PodCookies());
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_AfterAKillBeforeThePodsEntryWasWritten_ClosesBothWays()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await fixture.ListenAsync(fixture.PodNamespace, CaptureFixture.PodAddress, 8080);
        await KilledAsync(fixture);
        using (var namespaces = BpfMap<ulong, CapturedNamespace>.OpenPinned(fixture.Pins.Map("captured_namespaces")))
        {
            namespaces.Delete(fixture.Pins.PodCookies()[0]);
        }

        var successor = fixture.Successor();
        successor.Start();

        await AssertRefusedAsync(fixture);
        await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PeerNamespace, CaptureFixture.PodAddress, 8080));
        await using var pod = await successor.CaptureAsync(fixture.Enrollment(), Deadline);
        await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);
        await using var outbound = await AcceptedAsync(pod.Outbound);
        Assert.Equal(new IPEndPoint(FarAddress, 8080), pod.GetOriginalDestination(outbound));
    }

    [Fact(Timeout = 60_000)]
    public async Task RemoveInstance_AfterAKillBetweenTheSharedProgramsPins_LeavesNothing()
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Ebpf);
        await KilledAsync(fixture);
        BpfFileSystem.Remove(fixture.Pins.Link("capture_connect6"));
        BpfFileSystem.Remove(fixture.Pins.Map("port_rules"));

        EbpfCapture.RemoveInstance(fixture.Instance);

        Assert.False(Directory.Exists(Path.Combine(EbpfCapture.DefaultRoot, "v1", fixture.Instance)));
        await EventuallyAsync(() => BpfInventory.Links().All(l => l.NetworkNamespaceInode != fixture.PodNamespace.Id.Inode));
    }

    /// <summary>Captures the pod by a proxy that is killed then: sockets and descriptors go, pins stay.</summary>
    private static async Task KilledAsync(CaptureFixture fixture)
    {
        var pod = await fixture.CaptureAsync();
        await pod.DisposeAsync();
        ((EbpfCapture)fixture.Capture).Dispose();
    }

    private static async Task AssertRefusedAsync(CaptureFixture fixture)
    {
        var error = await Assert.ThrowsAsync<SocketException>(() => fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }
}
