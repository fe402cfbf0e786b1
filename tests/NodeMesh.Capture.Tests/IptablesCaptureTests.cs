using System.Net;
using NodeMesh.Linux.Sockets;
using static NodeMesh.Capture.Tests.CaptureAsserts;
using static NodeMesh.Capture.Tests.CaptureFixture;

namespace NodeMesh.Capture.Tests;

/// <summary>Real connections through real rules.</summary>
public sealed class IptablesCaptureTests() : CaptureTests(CaptureMode.Iptables)
{
    [Theory(Timeout = 15_000)]
    [InlineData("10.77.0.2", "10.77.0.1")]
    [InlineData("fd77::2", "fd77::1")]
    public async Task Looped_ConnectionWithTheClientsVeryPort_DoesNotMixWithTheClientsOwn(string app, string source)
    {
        await using var fixture = await CaptureFixture.CreateAsync(CaptureMode.Iptables);
        var (address, clientAddress) = (IPAddress.Parse(app), IPAddress.Parse(source));
        var server = await fixture.ListenAsync(fixture.PodNamespace, address, 8080);
        await using var pod = await fixture.CaptureAsync();
        var client = await fixture.ConnectAsync(fixture.PeerNamespace, address, 8080, clientAddress);
        await using var captured = await AcceptedAsync(pod.InboundPlaintext);

        // The kernel may choose this port, since it only knows that the captured connection ends on port 15006.
        using var proxy = await pod.CreateSocketAsync(address.AddressFamily, Deadline);
        proxy.SetTransparent();
        proxy.Bind(client.LocalEndPoint!);
        await proxy.ConnectAsync(new IPEndPoint(address, 8080), Deadline);
        var accepted = await fixture.AcceptAsync(server);

        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
        await AssertEchoAsync(proxy, accepted);
        await AssertEchoAsync(client, Raw(captured));
        await AssertEchoAsync(accepted, proxy);
        await AssertEchoAsync(Raw(captured), client);
    }
}
