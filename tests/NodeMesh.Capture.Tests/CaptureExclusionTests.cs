using System.Net;
using System.Net.Sockets;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>What annotations leave outside the mesh, seen by where real connections end up.</summary>
public abstract class CaptureExclusionTests(CaptureMode mode)
{
    [Theory(Timeout = 60_000)]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundPorts", "9999, 8080", "10.99.0.1", true)]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundPorts", "8080", "fd99::1", true)]
    [InlineData("nodemesh.io/excludeOutboundPorts", "9999", "10.99.0.1", false)]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundIPRanges", "10.99.0.0/16,192.0.2.0/24", "10.99.0.1", true)]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundIPRanges", "10.99.0.0/16", "fd99::1", false)]
    [InlineData("nodemesh.io/excludeOutboundIPRanges", "fd99::/16", "fd99::1", true)]
    [InlineData("nodemesh.io/includeOutboundIPRanges", "192.0.2.0/24", "10.99.0.1", true)]
    [InlineData("nodemesh.io/includeOutboundIPRanges", "10.99.0.1", "10.99.0.1", false)]
    [InlineData("nodemesh.io/includeOutboundIPRanges", "*", "10.99.0.1", false)]
    public async Task Outbound_ByAnnotation_GoesDirectOrToTheProxy(string annotation, string value, string destination, bool isDirect)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var address = IPAddress.Parse(destination);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, address, 8080);
        await using var pod = await fixture.CaptureAsync((annotation, value));

        var client = await fixture.ConnectAsync(fixture.PodNamespace, address, 8080);

        await AssertArrivesAsync(fixture, client, server, pod.Outbound, isDirect);
    }

    [Fact(Timeout = 60_000)]
    public async Task Outbound_IncludedPort_IsCapturedThoughItsAddressIsExcluded()
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var server = await fixture.ListenAsync(fixture.PeerNamespace, FarAddress, 8080);
        await using var pod = await fixture.CaptureAsync(("nodemesh.io/excludeOutboundIPRanges", "10.0.0.0/8"), ("nodemesh.io/includeOutboundPorts", "8080"));

        var client = await fixture.ConnectAsync(fixture.PodNamespace, FarAddress, 8080);

        await AssertArrivesAsync(fixture, client, server, pod.Outbound, isDirect: false);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("traffic.sidecar.istio.io/excludeInboundPorts", "8080", "10.77.0.2", true)]
    [InlineData("nodemesh.io/excludeInboundPorts", "8080", "fd77::2", true)]
    [InlineData("nodemesh.io/includeInboundPorts", "8080", "10.77.0.2", false)]
    [InlineData("nodemesh.io/includeInboundPorts", "9090", "10.77.0.2", true)]
    [InlineData("nodemesh.io/includeInboundPorts", "", "10.77.0.2", true)]
    [InlineData("ambient.istio.io/bypass-inbound-capture", "true", "fd77::2", true)]
    public async Task Inbound_ByAnnotation_GoesDirectOrToTheProxy(string annotation, string value, string destination, bool isDirect)
    {
        await using var fixture = await CaptureFixture.CreateAsync(mode);
        var address = IPAddress.Parse(destination);
        var server = await fixture.ListenAsync(fixture.PodNamespace, address, 8080);
        await using var pod = await fixture.CaptureAsync((annotation, value));

        var client = await fixture.ConnectAsync(fixture.PeerNamespace, address, 8080);

        await AssertArrivesAsync(fixture, client, server, pod.InboundPlaintext, isDirect);
    }

    [Theory]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundPorts", "80,http")]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundPorts", "0")]
    [InlineData("traffic.sidecar.istio.io/excludeInboundPorts", "65536")]
    [InlineData("traffic.sidecar.istio.io/excludeInboundPorts", "*")]
    [InlineData("nodemesh.io/includeInboundPorts", "80-90")]
    [InlineData("nodemesh.io/excludeOutboundIPRanges", "10.0.0.0/33")]
    [InlineData("nodemesh.io/includeOutboundIPRanges", "example.com")]
    [InlineData("nodemesh.io/dns-capture", "yes")]
    [InlineData("istio.io/reroute-virtual-interfaces", "eth0; rm -rf /")]
    public void Parse_OfAMalformedValue_NamesPodAndAnnotation(string annotation, string value)
    {
        var pod = new Model.PodEnrollment
        {
            Uid = "u",
            Name = "app",
            Namespace = "shop",
            ServiceAccount = "default",
            NetworkNamespace = "/run/netns/none",
            Addresses = ["10.0.0.1"],
            Annotations = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add(annotation, value),
        };

        var error = Assert.Throws<CaptureException>(() => CaptureExclusions.Parse(pod));

        Assert.Contains("pod shop/app: annotation " + annotation, error.Message, StringComparison.Ordinal);
        Assert.Contains("write ", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertArrivesAsync(
        CaptureFixture fixture, Socket client, Socket server, Microsoft.AspNetCore.Connections.IConnectionListener listener, bool isDirect)
    {
        if (isDirect)
        {
            var accepted = await fixture.AcceptAsync(server);
            Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
            return;
        }

        await using var captured = await AcceptedAsync(listener);
        Assert.Equal(client.LocalEndPoint, captured.RemoteEndPoint);
    }
}
