using System.Net;
using System.Net.Sockets;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>NetworkPolicies on every way that the node proxy carries, at both ends.</summary>
public sealed class NetworkPolicyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ingress_ThatNothingAllows_IsRefusedAtTheDestinationsNode(int clientNode)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", clientNode, 2), await mesh.AddPodAsync("server", 2, 3));
        using var listener = await server.ListenAsync(8080);
        Isolate(mesh, server, Policy("closed") with { Ingress = [] });

        await TestMesh.AssertRefusedAsync(client, server.Address, 8080);

        var refused = await mesh.Node2.Records.WaitAsync(ConnectionDirection.Inbound);
        Assert.Equal((ConnectionEndReason.PolicyDenied, "closed"), (refused.EndReason, refused.RefusedBy?.Name));
        Assert.Contains("NetworkPolicy shop/closed", refused.Error, StringComparison.Ordinal);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ingress_ThatARuleAllows_Passes(int clientNode)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", clientNode, 2), await mesh.AddPodAsync("server", 2, 3));
        using var listener = await server.ListenAsync(8080);
        Isolate(mesh, server, Policy("by-address") with
        {
            Ingress = [new NetworkRule([new NetworkPeer.Block(new IPNetwork(client.Address, 32), [])], [new NetworkPort(NetworkProtocol.Tcp, 8080, 8080, null)])],
        });

        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        near.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await TestMesh.ReadToEndAsync(far));
        await TestMesh.AssertRefusedAsync(client, server.Address, 8081);
    }

    // 0: out of the mesh, in the clear; 1: the same node; 2: through a tunnel.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Egress_IsJudgedOnTheEndpointAndRefusedAtTheSourcesNode(int serverNode)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", serverNode, 3));
        using var listener = await server.ListenAsync(8080);
        if (serverNode > 0)
        {
            mesh.Expose(server);
        }

        // The service's own address and port are not what policies speak of.
        Isolate(mesh, client, Policy("out") with
        {
            Egress =
            [
                new NetworkRule([new NetworkPeer.Block(new IPNetwork(TestMesh.Vip, 32), [])], []),
                new NetworkRule([], [new NetworkPort(NetworkProtocol.Tcp, 80, 80, null)]),
            ],
        });

        await TestMesh.AssertRefusedAsync(client, serverNode > 0 ? TestMesh.Vip : server.Address, serverNode > 0 ? 80 : 8080);

        var refused = await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound);
        Assert.Equal((ConnectionEndReason.PolicyDenied, "out"), (refused.EndReason, refused.RefusedBy?.Name));
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
        Assert.Empty(mesh.Node2.Records.Ended);

        mesh.State.Apply(new ModelChange { NetworkPolicies = [Policy("out") with { Egress = [new NetworkRule([], [new NetworkPort(NetworkProtocol.Tcp, 8080, 8080, null)])] }] });
        using var near = await client.ConnectAsync(serverNode > 0 ? TestMesh.Vip : server.Address, serverNode > 0 ? 80 : 8080);
        using var far = await TestMesh.AcceptAsync(listener);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public async Task LiveConnection_ThatAPolicyNowRefuses_IsReset(int serverNode, bool ingress)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", serverNode, 3));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);

        Isolate(mesh, ingress ? server : client, Policy("late") with { Ingress = ingress ? [] : null, Egress = ingress ? null : [] });

        await TestMesh.AssertResetAsync(near);
        await TestMesh.AssertResetAsync(far);
        var ended = await (ingress && serverNode == 2 ? mesh.Node2 : mesh.Node1).Records.WaitAsync(ingress ? ConnectionDirection.Inbound : ConnectionDirection.Outbound);
        Assert.Equal((ConnectionEndReason.PolicyDeniedLate, "late"), (ended.EndReason, ended.RefusedBy?.Name));
        Assert.Contains("NetworkPolicy shop/late", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LiveConnection_ThatAChangedPolicyStillAllows_GoesOn()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 3));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);

        // The policy comes after the workload that names it, as over discovery.
        mesh.State.Apply(new ModelChange { Workloads = [server.Workload with { NetworkPolicies = [new NamespacedName("shop", "open")] }] });
        mesh.State.Apply(new ModelChange { NetworkPolicies = [Policy("open") with { Ingress = [new NetworkRule([], [])] }] });
        await TestMesh.AssertRefusedAsync(client, server.Address, 9);

        await near.SendAsync(new byte[] { 120 });
        near.Shutdown(SocketShutdown.Send);
        Assert.Equal("x", await TestMesh.ReadToEndAsync(far));
    }

    [Fact]
    public async Task Egress_OfAPodThatDiscoveryDoesNotKnow_IsRefusedWhereItsNamespaceRestricts()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2, known: false), await mesh.AddPodAsync("server", 0, 3));
        using var listener = await server.ListenAsync(8080);
        mesh.State.Apply(new ModelChange { NetworkPolicies = [Policy("somebody") with { Egress = [] }] });

        await TestMesh.AssertRefusedAsync(client, server.Address, 8080);
        Assert.Equal(ConnectionEndReason.PolicyNotSynced, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);

        mesh.State.Apply(new ModelChange { RemovedNetworkPolicies = [new NamespacedName("shop", "somebody")] });
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
    }

    private static NetworkPolicy Policy(string name) => new() { Name = name, Namespace = "shop" };

    private static void Isolate(TestMesh mesh, TestPod pod, NetworkPolicy policy) => mesh.State.Apply(new ModelChange
    {
        NetworkPolicies = [policy],
        Workloads = [mesh.State.Current.FindWorkload(pod.Workload.Uid)! with { NetworkPolicies = [policy.Key] }],
    });
}
