using System.Net;

namespace NodeMesh.Model.Tests;

public sealed class OutboundRoutingTests
{
    private static readonly Workload Near = Sample.Pod("near", "10.244.1.3").Behind(Sample.Web, new ServicePort(80, 8080));
    private static readonly Workload Far = Sample.Pod("far", "10.244.2.3", "node-2", account: "web").Behind(Sample.Web, new ServicePort(80, 8080));
    private static readonly MeshNode[] Nodes = [Sample.Node("node-1", "172.18.1.1", "fd00:18::1"), Sample.Node("node-2", "172.18.1.2", "fd00:18::2")];

    [Theory]
    [InlineData("127.0.0.1", 15001)]
    [InlineData("127.0.0.1", 15006)]
    [InlineData("127.9.9.9", 15008)]
    [InlineData("::1", 15008)]
    public void Decide_OfTheProxysPortsOnLoopback_Refuses(string address, int port) =>
        Assert.Equal(OutboundRefusal.SelfCall, Decide(Model(), address, port).Refusal);

    [Fact]
    public void Decide_OfAnotherPortOnLoopback_PassesThrough() =>
        Assert.Equal(OutboundRoute.Passthrough, Decide(Model(), "127.0.0.1", 8080).Route);

    [Fact]
    public void Decide_OfAVip_GoesToAnEndpointsTargetPortOverTheNodeTunnel()
    {
        var decision = Decide(Model(Far), "10.96.0.20", 80);
        Assert.Equal(OutboundRoute.NodeTunnel, decision.Route);
        Assert.Equal(IPEndPoint.Parse("10.244.2.3:8080"), decision.Endpoint);
        Assert.Equal(IPEndPoint.Parse("172.18.1.2:15008"), decision.Tunnel);
        Assert.Equal(["spiffe://cluster.local/node/node-2"], decision.ExpectedUris);
        Assert.Equal(Sample.Web, decision.Service?.Key);
    }

    [Fact]
    public void Decide_OfAnEndpointOnThisNode_StaysHere()
    {
        var decision = Decide(Model(Near), "10.96.0.20", 80);
        Assert.Equal(OutboundRoute.SameNode, decision.Route);
        Assert.Equal(IPEndPoint.Parse("10.244.1.3:8080"), decision.Endpoint);
        Assert.Null(decision.Tunnel);
    }

    [Fact]
    public void Decide_OfAPodAddress_KeepsItsPort()
    {
        var decision = Decide(Model(Far), "10.244.2.3", 5432);
        Assert.Equal(OutboundRoute.NodeTunnel, decision.Route);
        Assert.Equal(IPEndPoint.Parse("10.244.2.3:5432"), decision.Endpoint);
        Assert.Null(decision.Service);
    }

    [Fact]
    public void Decide_OfANodeWithoutTunnels_GoesToThePodItself()
    {
        var service = Sample.Service() with { SubjectAltNames = ["spiffe://cluster.local/ns/x/sa/y"] };
        var decision = Decide(Sample.Model(Nodes[0], Nodes[1] with { HasNodeTunnel = false }, service, Far), "10.96.0.20", 80);
        Assert.Equal(OutboundRoute.PodTunnel, decision.Route);
        Assert.Equal(IPEndPoint.Parse("10.244.2.3:15008"), decision.Tunnel);
        Assert.Equal(["spiffe://cluster.local/ns/shop/sa/web", "spiffe://cluster.local/ns/x/sa/y"], decision.ExpectedUris);
    }

    [Fact]
    public void Decide_OfAnUnknownNode_GoesToThePodItself() =>
        Assert.Equal(OutboundRoute.PodTunnel, Decide(Model(Far with { Node = "node-9" }), "10.244.2.3", 80).Route);

    [Fact]
    public void Decide_OfAWorkloadOutsideTheMesh_IsPlainTcp()
    {
        var decision = Decide(Model(Far with { TunnelProtocol = TunnelProtocol.None }), "10.96.0.20", 80);
        Assert.Equal(OutboundRoute.PlainTcp, decision.Route);
        Assert.Equal(IPEndPoint.Parse("10.244.2.3:8080"), decision.Endpoint);
    }

    [Fact]
    public void Decide_OfAnUnknownAddress_FollowsTheOutboundPolicy()
    {
        var pass = Decide(Model(), "93.184.216.34", 443);
        Assert.Equal(OutboundRoute.Passthrough, pass.Route);
        Assert.Equal(IPEndPoint.Parse("93.184.216.34:443"), pass.Endpoint);
        Assert.Equal(OutboundRefusal.UnknownDestination, Decide(Model(), "93.184.216.34", 443, registryOnly: true).Refusal);
    }

    [Fact]
    public void Decide_OfAPassthroughService_KeepsTheAddress()
    {
        var service = Sample.Service() with { LoadBalancing = new LoadBalancing { Mode = LoadBalancingMode.Passthrough } };
        var decision = Decide(Sample.Model(service, Far), "10.96.0.20", 1234, registryOnly: true);
        Assert.Equal(OutboundRoute.Passthrough, decision.Route);
        Assert.Equal(IPEndPoint.Parse("10.96.0.20:1234"), decision.Endpoint);
    }

    [Fact]
    public void Decide_OfAServiceWithoutUsableEndpoint_RefusesAndDoesNotPassThrough()
    {
        Assert.Equal(OutboundRefusal.NoHealthyEndpoint, Decide(Model(), "10.96.0.20", 80).Refusal);
        var unready = Decide(Model(Far with { Health = WorkloadHealth.Unhealthy }), "10.96.0.20", 80);
        Assert.Equal(OutboundRefusal.NoHealthyEndpoint, unready.Refusal);
        Assert.Contains("1 known, 0 ready", unready.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_OfAPortThatTheServiceLacks_Refuses() =>
        Assert.Equal(OutboundRefusal.UnknownPort, Decide(Model(Far), "10.96.0.20", 81).Refusal);

    [Fact]
    public void Decide_OfAnotherNetwork_Refuses() =>
        Assert.Equal(OutboundRefusal.OtherNetwork, Decide(Model(Far with { Network = "n2" }), "10.96.0.20", 80).Refusal);

    [Fact]
    public void Decide_OfANodeOfAnotherFamily_Refuses()
    {
        var model = Sample.Model(Sample.Node("node-2", "fd00:18::2"), Sample.Service(), Far);
        var request = Request("10.96.0.20", 80, false) with { NodeAddresses = [IPAddress.Parse("172.18.1.1")] };
        Assert.Equal(OutboundRefusal.NoNodeAddress, OutboundRouting.Decide(model, request, _ => 0, null, new Random(1)).Refusal);
    }

    [Fact]
    public void Decide_OfADualStackEndpoint_KeepsTheVipsFamily()
    {
        var far = Far with { Addresses = [IPAddress.Parse("10.244.2.3"), IPAddress.Parse("fd00:244:2::3")] };
        var service = Sample.Service() with { Addresses = [IPAddress.Parse("10.96.0.20"), IPAddress.Parse("fd00:96::20")] };
        var model = Sample.Model([.. Nodes, service, far]);
        Assert.Equal(IPEndPoint.Parse("[fd00:244:2::3]:8080"), Decide(model, "fd00:96::20", 80).Endpoint);
        Assert.Equal(IPEndPoint.Parse("10.244.2.3:8080"), Decide(model, "10.96.0.20", 80).Endpoint);
    }

    [Fact]
    public void Decide_OfAWorkloadThatHasOnlyAName_AsksToResolveIt()
    {
        var far = Far with { Addresses = [], Hostname = "db.example.com", TunnelProtocol = TunnelProtocol.None };
        var decision = Decide(Model(far), "10.96.0.20", 80);
        Assert.Equal(OutboundRoute.PlainTcp, decision.Route);
        Assert.Null(decision.Endpoint);
        Assert.Equal(("db.example.com", 8080), (decision.Hostname, decision.HostnamePort));
    }

    [Fact]
    public void Decide_AfterAFailedEndpoint_TakesAnother()
    {
        var model = Model(Far, Near);
        for (var seed = 0; seed < 20; seed++)
        {
            var decision = OutboundRouting.Decide(model, Request("10.96.0.20", 80, false), _ => 0, new HashSet<string> { Near.Uid }, new Random(seed));
            Assert.Equal(Far.Uid, decision.Workload?.Uid);
        }
    }

    /// <summary>Namespaces that have the VIP (a star: canonical, minus: visible in its namespace alone), the client's, and the one chosen.</summary>
    [Theory]
    [InlineData("a* b*", "b", "b")]
    [InlineData("a* b*", "c", "a")]
    [InlineData("a b*", "c", "b")]
    [InlineData("a b*", "a", "a")]
    [InlineData("a*-", "b", null)]
    [InlineData("a*-", "a", "a")]
    [InlineData("a*- b", "c", "b")]
    public void FindService_OfSharedAddresses_PrefersOwnNamespaceThenCanonical(string owners, string client, string? expected)
    {
        var services = owners.Split(' ').Select(o => Sample.Service(ns: o.TrimEnd('-', '*')) with
        {
            Canonical = o.Contains('*', StringComparison.Ordinal),
            VisibleIn = o.EndsWith('-') ? [o.TrimEnd('-', '*')] : [],
        });
        Assert.Equal(expected, OutboundRouting.FindService(Sample.Model([.. services]), IPAddress.Parse("10.96.0.20"), client)?.Namespace);
    }

    private static MeshModel Model(params Workload[] workloads) => Sample.Model([.. Nodes, Sample.Service(), .. workloads]);

    private static OutboundDecision Decide(MeshModel model, string address, int port, bool registryOnly = false) =>
        OutboundRouting.Decide(model, Request(address, port, registryOnly), _ => 0, null, new Random(1));

    private static OutboundRequest Request(string address, int port, bool registryOnly) => new(
        new IPEndPoint(IPAddress.Parse(address), port),
        new ClientPlacement("shop", "node-1", Locality.Unknown, "Kubernetes", ""),
        "cluster.local",
        [IPAddress.Parse("172.18.1.1"), IPAddress.Parse("fd00:18::1")],
        registryOnly);
}
