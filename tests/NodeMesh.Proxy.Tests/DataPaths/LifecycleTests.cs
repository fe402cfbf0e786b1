using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Events;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Testing;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Restarts, pods that leave, peers that lie.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Proxy_ThatStops_LeavesPodsClosedAndTakesThemUpAgain()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);
        using (var near = await client.ConnectAsync(server.Address, 8080))
        {
            using var far = await TestMesh.AcceptAsync(listener);
            await mesh.Node1.StopAsync();
            await TestMesh.AssertResetAsync(near);
        }

        var error = await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(server.Address, 8080));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);

        mesh.Node1.Recreate();
        await mesh.Node1.StartAsync();
        await mesh.Node1.CapturedAsync(client);
        using var again = await client.ConnectAsync(server.Address, 8080);
        using var reached = await TestMesh.AcceptAsync(listener);
        Assert.Equal(client.Address, ((IPEndPoint)reached.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task Proxy_ThatStops_ServesNewConnectionsUntilTheOldOnesHaveEnded()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        await mesh.Node1.StopAsync();
        mesh.Node1.Configuration = mesh.Node1.Configuration with { Limits = mesh.Node1.Configuration.Limits with { DrainTimeout = TimeSpan.FromMinutes(5) } };
        mesh.Node1.Recreate();
        await mesh.Node1.StartAsync();
        await mesh.Node1.CapturedAsync(client);
        using var listener = await server.ListenAsync(8080);
        var old = await client.ConnectAsync(server.Address, 8080);
        var oldFar = await TestMesh.AcceptAsync(listener);

        var stopping = mesh.Node1.StopAsync();
        using (await client.ConnectAsync(server.Address, 8080))
        {
            using var far = await TestMesh.AcceptAsync(listener);
            Assert.False(stopping.IsCompleted);
        }

        old.Dispose();
        oldFar.Dispose();
        await stopping.WaitAsync(TimeSpan.FromMinutes(1));
        var error = await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(server.Address, 8080));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pod_ThatCouldNotBeServed_StaysClosedUntilItCanOrLeaves(bool works)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("outsider", 0, 2));
        using var listener = await server.ListenAsync(8080);
        await mesh.Node1.StopAsync();
        var attachment = new FailingAttachment();
        mesh.Node1.Attachments = [attachment];
        mesh.Node1.Recreate();
        await mesh.Node1.StartAsync();
        await Eventually.TrueAsync(() => attachment.Attempts > 0 && mesh.Node1.StatusOf(client)?.Contains("not yet", StringComparison.Ordinal) == true, "no answer tells of the fault");
        using var early = await client.ConnectAsync(server.Address, 8080);
        Assert.False(listener.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead));

        attachment.Works = works;
        if (works)
        {
            using var late = await TestMesh.AcceptAsync(listener);
            return;
        }

        mesh.Node1.Withdraw(client);
        await TestMesh.AssertResetAsync(early);
        await Eventually.TrueAsync(() => mesh.Node1.StatusOf(client) is null, "the answer stayed");
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
    }

    [Fact]
    public async Task Pod_ThatIsWithdrawn_IsDrainedAndReleased()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("outsider", 0, 2));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);

        mesh.Node1.Withdraw(client);
        await TestMesh.AssertResetAsync(near);
        Assert.Equal(ConnectionEndReason.PodRemoved, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
        await Eventually.TrueAsync(() => mesh.Node1.StatusOf(client) is null, "the answer stayed");
        using var direct = await client.ConnectAsync(server.Address, 8080);
        using var plain = await TestMesh.AcceptAsync(listener);
        Assert.Empty(mesh.Node1.DataPath.Pods.Pods);
    }

    [Fact]
    public async Task Address_ReusedByAnotherIdentity_IsNotReachedUnderTheOldOne()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);

        // Discovery still speaks of the address's former owner, whose policies must not decide for the new one.
        mesh.State.Apply(new ModelChange { Workloads = [server.Workload with { ServiceAccount = "former" }] });
        await TestMesh.AssertRefusedAsync(client, server.Address, 8080);
        Assert.Equal(ConnectionEndReason.IdentityMismatch, (await mesh.Node2.Records.WaitAsync(ConnectionDirection.Inbound)).EndReason);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    /// <summary>Whose certificate is shown, whose address is claimed, what is asked for, and the answer.</summary>
    [Theory]
    [InlineData("client", "10.99.1.2", "10.99.2.2:8080", 200)]
    [InlineData("client", "10.99.1.3", "10.99.2.2:8080", 401)]
    [InlineData("other", "10.99.1.2", "10.99.2.2:8080", 401)]
    [InlineData("client", "10.99.2.2", "10.99.2.2:8080", 401)]
    [InlineData("client", null, "10.99.2.2:8080", 401)]
    [InlineData("client", "10.99.1.2", "10.99.2.2:9999", 503)]
    [InlineData("client", "10.99.1.2", "10.99.2.2:15008", 503)]
    [InlineData("client", "10.99.1.2", "10.99.1.3:8080", 400)]
    [InlineData("client", "10.99.1.2", "127.0.0.1:8080", 400)]
    public async Task NodeTunnel_OfARequest_AnswersAsTheReferenceSays(string shown, string? claimed, string authority, int status)
    {
        await using var mesh = await TestMesh.CreateAsync();
        await mesh.AddPodAsync("client", 1, 2);
        await mesh.AddPodAsync("other", 1, 3);
        var server = await mesh.AddPodAsync("server", 2, 2);
        using var listener = await server.ListenAsync(8080);
        var target = new TunnelTarget(
            new SpiffeId("cluster.local", "shop", shown),
            new IPEndPoint(mesh.Node2.Configuration.NodeAddresses[0], MeshPorts.Hbone),
            [mesh.Node2.Configuration.NodeIdentity.ToString()]);
        KeyValuePair<string, string>[] headers = claimed is null ? [] : [new("forwarded", $"for=\"{claimed}:1234\"")];

        var connecting = mesh.Node1.DataPath.NodeTunnels.ConnectAsync(target, new TunnelConnectRequest(authority, headers), CancellationToken.None).AsTask();
        if (status == 200)
        {
            await using var connection = await Eventually.WithinAsync(connecting);
            Assert.Contains(connection.ResponseHeaders, h => h.Key == "baggage" && h.Value.Contains("k8s.namespace.name=shop", StringComparison.Ordinal));
            return;
        }

        var error = await Assert.ThrowsAsync<TunnelException>(() => Eventually.WithinAsync(connecting));
        Assert.Equal((TunnelFailure.Refused, status), (error.Reason, error.Status));
    }

    [Theory]
    [InlineData("server", 200)]
    [InlineData("former", 503)]
    [InlineData("not a SPIFFE ID", 503)]
    public async Task NodeTunnel_OfARequestThatMeansAnIdentity_ReachesNoOther(string meant, int status)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);
        var target = new TunnelTarget(
            client.Identity, new IPEndPoint(mesh.Node2.Configuration.NodeAddresses[0], MeshPorts.Hbone), [mesh.Node2.Configuration.NodeIdentity.ToString()]);
        var identity = meant.Contains(' ', StringComparison.Ordinal) ? meant : new SpiffeId("cluster.local", "shop", meant).ToString();
        var request = new TunnelConnectRequest($"{server.Address}:8080", [new("forwarded", $"for=\"{client.Address}:1234\""), new("nodemesh-destination", identity)]);

        var connecting = mesh.Node1.DataPath.NodeTunnels.ConnectAsync(target, request, CancellationToken.None).AsTask();
        if (status == 200)
        {
            await using var connection = await Eventually.WithinAsync(connecting);
            return;
        }

        var error = await Assert.ThrowsAsync<TunnelException>(() => Eventually.WithinAsync(connecting));
        Assert.Equal((TunnelFailure.Refused, status), (error.Reason, error.Status));
        Assert.Equal(ConnectionEndReason.IdentityMismatch, (await mesh.Node2.Records.WaitAsync(ConnectionDirection.Inbound)).EndReason);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task NodeTunnel_OfARequestThatIsGivenUp_LeavesNoConnectionBehind()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        mesh.State.Apply(new ModelChange { Workloads = [server.Workload with { AuthorizationPolicies = [new NamespacedName("shop", "not-there-yet")] }] });
        var target = new TunnelTarget(
            client.Identity, new IPEndPoint(mesh.Node2.Configuration.NodeAddresses[0], MeshPorts.Hbone), [mesh.Node2.Configuration.NodeIdentity.ToString()]);
        using var patience = new CancellationTokenSource();

        var request = new TunnelConnectRequest($"{server.Address}:8080", [new("forwarded", $"for=\"{client.Address}:1234\"")]);
        var connecting = mesh.Node1.DataPath.NodeTunnels.ConnectAsync(target, request, patience.Token).AsTask();
        await Eventually.TrueAsync(() => mesh.Node2.DataPath.Connections.Count == 1, "the request did not come");
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.WithinAsync(connecting));
        await Eventually.TrueAsync(() => mesh.Node2.DataPath.Connections.Count == 0, "the connection stayed among the live ones");
    }

    [Fact]
    public async Task PlainAmbientPeer_IsServedWithThePodsOwnCertificate()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);

        // Without node tunnels the client's side dials the pod's own port 15008.
        mesh.State.Apply(new ModelChange { Nodes = [new MeshNode { Name = "node-2", Addresses = mesh.Node2.Configuration.NodeAddresses, HasNodeTunnel = false }] });
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        Assert.Equal(client.Address, ((IPEndPoint)far.RemoteEndPoint!).Address);
        var tunnel = Assert.Single(mesh.Node1.DataPath.Tunnels());
        Assert.Equal(new IPEndPoint(server.Address, MeshPorts.Hbone), tunnel.Target.Address);
        Assert.Equal(server.Identity, tunnel.Peer.Identity);
    }

    [Fact]
    public async Task Rules_ThatSomebodyFlushes_AreBackWithoutAPeriodicLook()
    {
        // A clock that stands still: no look but those that the kernel's word is the cause of.
        await using var mesh = await TestMesh.CreateAsync(time: new ManualTimeProvider());
        var client = await mesh.AddPodAsync("client", 1, 2);
        var before = Rules();

        await client.Inside.RunAsync("iptables", "-t", "nat", "-F");

        await Eventually.TrueAsync(() => Rules().SequenceEqual(before), "the rules are not back");

        IEnumerable<string> Rules() =>
            [.. client.Inside.RunAsync("iptables-save").Result.Split('\n').Where(l => l.StartsWith("-A", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task NodeTunnels_AreSharedByIdentityAndEvictedWithTheirNode()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await mesh.AddPodAsync("client", 1, 2);
        TestPod[] servers = [await mesh.AddPodAsync("one", 2, 2), await mesh.AddPodAsync("two", 2, 3)];
        foreach (var server in servers)
        {
            using var listener = await server.ListenAsync(8080);
            for (var i = 0; i < EventLoop.All.Count; i++)
            {
                using var near = await client.ConnectAsync(server.Address, 8080);
                using var far = await TestMesh.AcceptAsync(listener);
            }
        }

        // One for each event loop at most, whichever servers its connections go to.
        var tunnels = mesh.Node1.DataPath.Tunnels();
        Assert.InRange(tunnels.Count, 1, EventLoop.All.Count);
        Assert.All(tunnels, t => Assert.Equal(client.Identity, t.Target.Source));
        mesh.State.Apply(new ModelChange { RemovedNodes = ["node-2"] });
        await Eventually.TrueAsync(() => mesh.Node1.DataPath.Tunnels().All(t => t.State != TunnelState.Open), "the tunnel stayed in use");
    }

    [Fact]
    public async Task Threads_OfTheProcess_StayInTheirOwnNamespace()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        Assert.Empty(TestMesh.StrayThreads());
    }
}
