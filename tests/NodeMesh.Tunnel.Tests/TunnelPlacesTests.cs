using System.Net;
using NodeMesh.Linux.Events;

namespace NodeMesh.Tunnel.Tests;

public sealed class TunnelPlacesTests
{
    private static readonly IPAddress Node = IPAddress.Parse("10.0.0.1");

    [Fact]
    public async Task Take_OfOnePeer_FillsEveryLoopBeforeOneTwice()
    {
        var peer = await PeerAsync();
        var places = new TunnelPlaces();
        for (var round = 0; round < 3; round++)
        {
            var taken = EventLoop.All.Select(_ => places.Take(peer, Node)).Order();
            Assert.Equal(Enumerable.Range(0, EventLoop.All.Count), taken);
        }
    }

    [Fact]
    public async Task Take_AfterOneHasLeft_FillsItsPlace()
    {
        var peer = await PeerAsync();
        var places = new TunnelPlaces();
        foreach (var _ in EventLoop.All)
        {
            places.Take(peer, Node);
        }

        for (var loop = 0; loop < EventLoop.All.Count; loop++)
        {
            places.Leave(peer, Node, loop);
            Assert.Equal(loop, places.Take(peer, Node));
        }
    }

    [Fact]
    public async Task Take_OfAnotherNode_CountsByItself()
    {
        var peer = await PeerAsync();
        var places = new TunnelPlaces();
        places.Take(peer, Node);
        var taken = EventLoop.All.Select(_ => places.Take(peer, IPAddress.Parse("10.0.0.2"))).Order();
        Assert.Equal(Enumerable.Range(0, EventLoop.All.Count), taken);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tunnels_ForEveryLoop_LieOnEveryLoopAtBothEnds()
    {
        var served = new System.Collections.Concurrent.ConcurrentDictionary<EventLoop, bool>();
        await using var mesh = new TestMesh(async request =>
        {
            served[EventLoop.Current!] = true;
            await TestMesh.EchoAsync(request);
        });
        var pool = mesh.CreatePool();
        foreach (var loop in EventLoop.All)
        {
            var request = new TunnelConnectRequest("10.0.0.1:80", []) { Near = loop };

            // The first ones go by the tunnel that is there, until there is one on the loop.
            EventLoop? used = null;
            while (used != loop)
            {
                await using var connection = await pool.ConnectAsync(mesh.Target, request, TestMesh.Deadline);
                used = connection.Loop;
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(EventLoop.All.Count, pool.Snapshot().Count);
        await TestMesh.WaitForAsync(() => served.Count == EventLoop.All.Count, "every loop of the server has served");
    }

    private static async Task<Identity.PeerCertificate> PeerAsync()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var connection = await mesh.ConnectAsync(mesh.CreatePool());
        return connection.Peer;
    }
}
