using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Tools;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Two data paths and real pods: what the applications see, and what the records say.</summary>
public sealed class DataPathTests
{
    private static readonly PolicyMatch Everybody = new() { DestinationPorts = [8080] };
    private static readonly PolicyMatch Nobody = new() { NotPrincipals = [new StringMatch(StringMatchKind.Presence, "")] };

    [Fact]
    public async Task Connection_ToAnotherNode_GoesThroughTheTunnelAndKeepsTheClientsAddress()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);

        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        Assert.Equal(client.Address, ((IPEndPoint)far.RemoteEndPoint!).Address);
        await ExchangeAsync(near, far);

        var (source, destination) = (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound), await mesh.Node2.Records.WaitAsync(ConnectionDirection.Inbound));
        Assert.Equal(ConnectionEndReason.Completed, source.EndReason);
        Assert.Equal(ConnectionEndReason.Completed, destination.EndReason);
        Assert.Equal((ConnectionSecurity.MutualTls, ConnectionSecurity.MutualTls), (source.Security, destination.Security));
        Assert.Equal((client.Identity, server.Identity), (destination.SourceIdentity, source.DestinationIdentity));
        Assert.Equal((5, 6), (source.Bytes.Received, source.Bytes.Sent));
        Assert.Equal((5, 6), (destination.Bytes.Received, destination.Bytes.Sent));
        Assert.Equal(source.TraceId, destination.TraceId);
        Assert.NotNull(source.TraceId);
    }

    [Fact]
    public async Task Connection_WhoseFirstEndpointsDoNotAnswer_BringsItsFirstBytesOnceToTheOneThatDoes()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await mesh.AddPodAsync("client", 1, 2);
        var (dead, alive) = (await mesh.AddPodAsync("dead", 2, 2), await mesh.AddPodAsync("alive", 2, 3));
        mesh.Expose(dead, alive);
        using var listener = await alive.ListenAsync(8080);

        // Nobody knows which endpoint is tried first: of so many connections some meet the dead one.
        for (var i = 0; i < 8; i++)
        {
            using var near = await client.ConnectAsync(TestMesh.Vip, 80);
            await near.SendAsync("GET /"u8.ToArray());
            using var far = await TestMesh.AcceptAsync(listener);
            near.Shutdown(SocketShutdown.Send);

            Assert.Equal("GET /", await TestMesh.ReadToEndAsync(far));
            await far.SendAsync("answer"u8.ToArray());
            far.Shutdown(SocketShutdown.Send);
            Assert.Equal("answer", await TestMesh.ReadToEndAsync(near));
        }

        var source = await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound);
        Assert.Equal((ConnectionEndReason.Completed, 5, 6), (source.EndReason, source.Bytes.Received, source.Bytes.Sent));
    }

    [Fact]
    public async Task Connection_OnTheSameNode_IsAuthorisedAndKeepsTheClientsAddress()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 1, 3));
        mesh.Expose(server);
        using var listener = await server.ListenAsync(8080);

        using var near = await client.ConnectAsync(TestMesh.Vip, 80);
        using var far = await TestMesh.AcceptAsync(listener);
        Assert.Equal(client.Address, ((IPEndPoint)far.RemoteEndPoint!).Address);
        await ExchangeAsync(near, far);

        var destination = await mesh.Node1.Records.WaitAsync(ConnectionDirection.Inbound);
        Assert.Equal((ConnectionSecurity.SameNode, client.Identity), (destination.Security, destination.SourceIdentity));
        Assert.Equal((5, 6), (destination.Bytes.Received, destination.Bytes.Sent));
        Assert.Equal(ConnectionSecurity.SameNode, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).Security);
        Assert.Empty(mesh.Node1.DataPath.Tunnels());
    }

    [Theory]
    [InlineData(MeshPorts.Outbound)]
    [InlineData(MeshPorts.InboundPlaintext)]
    [InlineData(MeshPorts.Hbone)]
    [InlineData(MeshPorts.Dns)]
    public async Task Connection_OnTheSameNode_ToAPortOfTheProxy_IsRefused(int port)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 1, 3));

        await TestMesh.AssertRefusedAsync(client, server.Address, port);

        Assert.Equal(ConnectionEndReason.SelfCall, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Inbound)).EndReason);
    }

    [Fact]
    public async Task Connection_OnTheSameNode_FromAnAddressThatIsNotThePods_IsRefused()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 1, 3));
        using var listener = await server.ListenAsync(8080);
        mesh.Apply(TestMesh.Deny("by-address", new PolicyMatch { SourceIps = [new IPNetwork(client.Address, 32)] }));

        // What an application with the right to configure its pod's network can do.
        var chosen = IPAddress.Parse("10.99.1.77");
        using (var ns = NetworkNamespace.Open(client.Enrollment.NetworkNamespace))
        {
            await LinuxTool.RequireAsync(ns, "ip", ["address", "add", $"{chosen}/32", "dev", "lo"], null, TestContext.Current.CancellationToken);
        }

        await TestMesh.AssertRefusedAsync(client, server.Address, 8080, chosen);

        Assert.Equal(ConnectionEndReason.BadRequest, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Connection_ThatADenyPolicyMatches_IsResetAndBothEndsSaySo(int serverNode)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", serverNode, 3));
        using var listener = await server.ListenAsync(8080);
        mesh.Apply(TestMesh.Deny("no-entry", new PolicyMatch { Principals = [new StringMatch(StringMatchKind.Exact, client.Identity.Principal)] }));

        await TestMesh.AssertRefusedAsync(client, server.Address, 8080);

        var inbound = await (serverNode == 1 ? mesh.Node1 : mesh.Node2).Records.WaitAsync(ConnectionDirection.Inbound);
        Assert.Equal((ConnectionEndReason.PolicyDenied, "no-entry"), (inbound.EndReason, inbound.RefusedBy?.Name));
        Assert.Equal(ConnectionEndReason.PeerDenied, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Plaintext_UnderStrict_IsRefusedAndTunnelsAreNot()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server, outsider) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2), await mesh.AddPodAsync("outsider", 0, 2));
        using var listener = await server.ListenAsync(8080);
        using (var before = await outsider.ConnectAsync(server.Address, 8080))
        {
            using var far = await TestMesh.AcceptAsync(listener);
            Assert.Equal(outsider.Address, ((IPEndPoint)far.RemoteEndPoint!).Address);
            await ExchangeAsync(before, far);
        }

        mesh.Apply(TestMesh.Deny("strict", Nobody));
        await TestMesh.AssertRefusedAsync(outsider, server.Address, 8080);

        using var near = await client.ConnectAsync(server.Address, 8080);
        using var meshed = await TestMesh.AcceptAsync(listener);
        await ExchangeAsync(near, meshed);
        var denied = mesh.Node2.Records.Ended.Single(r => r.EndReason == ConnectionEndReason.PolicyDenied);
        Assert.Equal((ConnectionSecurity.Plaintext, null, "strict"), (denied.Security, denied.SourceIdentity, denied.RefusedBy?.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LiveConnection_ThatAPolicyNowDenies_IsReset(int serverNode)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", serverNode, 3));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        await SendAsync(near, far, "hello");

        mesh.Apply(TestMesh.Deny("elsewhere", new PolicyMatch { DestinationPorts = [9] }));
        await SendAsync(near, far, "still");
        mesh.Apply(TestMesh.Deny("now", Everybody));

        await TestMesh.AssertResetAsync(near);
        await TestMesh.AssertResetAsync(far);
        var inbound = await (serverNode == 1 ? mesh.Node1 : mesh.Node2).Records.WaitAsync(ConnectionDirection.Inbound);
        Assert.Equal((ConnectionEndReason.PolicyDeniedLate, "now"), (inbound.EndReason, inbound.RefusedBy?.Name));
    }

    [Fact]
    public async Task HalfClose_OfTheClient_LeavesTheAnswersWayOpen()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);

        await near.SendAsync("question"u8.ToArray());
        near.Shutdown(SocketShutdown.Send);
        Assert.Equal("question", await TestMesh.ReadToEndAsync(far));
        await SendAsync(far, near, "first");
        await far.SendAsync("last"u8.ToArray());
        far.Shutdown(SocketShutdown.Send);
        Assert.Equal("last", await TestMesh.ReadToEndAsync(near));
        Assert.Equal(ConnectionEndReason.Completed, (await mesh.Node2.Records.WaitAsync(ConnectionDirection.Inbound)).EndReason);
    }

    [Fact]
    public async Task Reset_OfTheServer_ReachesTheClient()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using (var far = await TestMesh.AcceptAsync(listener))
        {
            await SendAsync(near, far, "hello");
            far.LingerState = new LingerOption(true, 0);
        }

        await TestMesh.AssertResetAsync(near);
        Assert.Equal(ConnectionEndReason.ServerReset, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
    }

    [Fact]
    public async Task Connection_WhenTheFirstEndpointRefuses_TriesAnother()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, dead, alive) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("dead", 2, 2), await mesh.AddPodAsync("alive", 2, 3));
        mesh.Expose(dead, alive);
        using var listener = await alive.ListenAsync(8080);
        for (var i = 0; i < 8; i++)
        {
            using var near = await client.ConnectAsync(TestMesh.Vip, 80);
            using var far = await TestMesh.AcceptAsync(listener);
            await ExchangeAsync(near, far);
        }
    }

    [Fact]
    public async Task Connection_OutOfTheMesh_FollowsTheOutboundPolicy()
    {
        await using (var open = await TestMesh.CreateAsync())
        {
            var (client, outsider) = (await open.AddPodAsync("client", 1, 2), await open.AddPodAsync("outsider", 0, 2));
            using var listener = await outsider.ListenAsync(8080);
            using var near = await client.ConnectAsync(outsider.Address, 8080);
            using var far = await TestMesh.AcceptAsync(listener);
            Assert.Equal(client.Address, ((IPEndPoint)far.RemoteEndPoint!).Address);
            await ExchangeAsync(near, far);
        }

        await using var closed = await TestMesh.CreateAsync(registryOnly: true);
        var (inside, outside) = (await closed.AddPodAsync("client", 1, 2), await closed.AddPodAsync("outsider", 0, 2));
        using var unreached = await outside.ListenAsync(8080);
        await TestMesh.AssertRefusedAsync(inside, outside.Address, 8080);
        Assert.Equal(ConnectionEndReason.UnknownDestination, (await closed.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
    }

    [Fact]
    public async Task Connection_BeforeDiscoverySynced_IsRefused()
    {
        await using var mesh = await TestMesh.CreateAsync(synced: false);
        var (client, server, outsider) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2), await mesh.AddPodAsync("outsider", 0, 2));
        using var listener = await server.ListenAsync(8080);
        await TestMesh.AssertRefusedAsync(client, server.Address, 8080);
        await TestMesh.AssertRefusedAsync(outsider, server.Address, 8080);
        Assert.Equal(ConnectionEndReason.PolicyNotSynced, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
        Assert.Equal(ConnectionEndReason.PolicyNotSynced, (await mesh.Node2.Records.WaitAsync(ConnectionDirection.Inbound)).EndReason);
    }

    [Fact]
    public async Task Connection_ToAPodWhosePolicyIsMissing_IsRefusedUntilItArrives()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, server) = (await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", 2, 2));
        using var listener = await server.ListenAsync(8080);
        var policy = TestMesh.Deny("late", new PolicyMatch { DestinationPorts = [9] }) with { Scope = PolicyScope.WorkloadSelector };
        mesh.State.Apply(new ModelChange { Workloads = [server.Workload with { AuthorizationPolicies = [policy.Key] }] });
        await TestMesh.AssertRefusedAsync(client, server.Address, 8080);

        mesh.Apply(policy);
        using var near = await client.ConnectAsync(server.Address, 8080);
        using var far = await TestMesh.AcceptAsync(listener);
        await ExchangeAsync(near, far);
    }

    private static async Task ExchangeAsync(Socket near, Socket far)
    {
        await SendAsync(near, far, "hello");
        await SendAsync(far, near, "answer");
        near.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await TestMesh.ReadToEndAsync(far));
        far.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await TestMesh.ReadToEndAsync(near));
    }

    private static async Task SendAsync(Socket from, Socket to, string text)
    {
        await from.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[text.Length];
        for (var filled = 0; filled < buffer.Length;)
        {
            var count = await to.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, limit.Token);
            Assert.NotEqual(0, count);
            filled += count;
        }

        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(buffer));
    }
}
