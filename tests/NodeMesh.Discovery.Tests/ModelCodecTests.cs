using System.Net;
using Google.Protobuf;
using NodeMesh.Model;
using NodeMesh.Model.AccessLogging;
using Wire = NodeMesh.Discovery.Protos;

namespace NodeMesh.Discovery.Tests;

public sealed class ModelCodecTests
{
    private static readonly Workload FullWorkload = new()
    {
        Uid = "c1//Pod/shop/web-1",
        Name = "web-1",
        Namespace = "shop",
        Addresses = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fd00::7")],
        Hostname = "vm.example.com",
        Network = "net-1",
        TrustDomain = "td.example",
        ServiceAccount = "web",
        Node = "node-1",
        TunnelProtocol = TunnelProtocol.Hbone,
        NetworkMode = NetworkMode.HostNetwork,
        Health = WorkloadHealth.Unhealthy,
        CanonicalName = "web",
        CanonicalRevision = "v2",
        WorkloadName = "web-deployment",
        WorkloadType = WorkloadType.Job,
        ClusterId = "c1",
        Locality = new Locality("r", "z", "s"),
        Services = [new ServiceBinding(new NamespacedName("shop", "web.shop.svc.cluster.local"), [new ServicePort(80, 8080), new ServicePort(443, 8443)])],
        AuthorizationPolicies = [new NamespacedName("shop", "deny")],
        NetworkPolicies = [new NamespacedName("shop", "isolate")],
        NetworkGroups = ["g1", "g2"],
        NamedPorts = [new NamedPort("http", NetworkProtocol.Tcp, 8080), new NamedPort("dns", NetworkProtocol.Udp, 53)],
        Tracing = new TracingPolicy
        {
            SamplingPercentage = 12.5,
            IsReported = false,
            PropagatesContext = false,
            HasIstioTags = false,
            Tags = [new TracingTag("stage", "", "test"), new TracingTag("user", "x-user", "nobody")],
        },
        AccessLog = new AccessLogPolicy { Client = new AccessLogRule(false, Filter("response.code >= 400")), Server = new AccessLogRule(true, null) },
        Capacity = 3,
    };

    [Fact]
    public void Workload_AllFields_ComeBack()
    {
        var back = (Workload)ModelCodec.FromProto(Wire.Workloads.Address.Parser.ParseFrom(ModelCodec.ToProto(FullWorkload).ToByteArray()));

        // Records compare their arrays by reference, so arrays are compared on their own.
        Assert.Equal(FullWorkload.Addresses, back.Addresses);
        Assert.Equal(FullWorkload.AuthorizationPolicies, back.AuthorizationPolicies);
        Assert.Equal(FullWorkload.Services.Select(s => s.Service), back.Services.Select(s => s.Service));
        Assert.Equal(FullWorkload.Services[0].Ports, back.Services[0].Ports);
        Assert.Equal(FullWorkload.NetworkPolicies, back.NetworkPolicies);
        Assert.Equal(FullWorkload.NetworkGroups, back.NetworkGroups);
        Assert.Equal(FullWorkload.NamedPorts, back.NamedPorts);
        Assert.Equal(
            FullWorkload,
            back with
            {
                Addresses = FullWorkload.Addresses,
                AuthorizationPolicies = FullWorkload.AuthorizationPolicies,
                Services = FullWorkload.Services,
                NetworkPolicies = FullWorkload.NetworkPolicies,
                NetworkGroups = FullWorkload.NetworkGroups,
                NamedPorts = FullWorkload.NamedPorts,
            });
    }

    [Fact]
    public void NetworkPolicy_AllFields_ComeBack()
    {
        var policy = new NetworkPolicy
        {
            Name = "p",
            Namespace = "shop",
            Ingress =
            [
                new NetworkRule(
                    [new NetworkPeer.Group("g1"), new NetworkPeer.Block(IPNetwork.Parse("10.0.0.0/8"), [IPNetwork.Parse("10.1.0.0/16")]), new NetworkPeer.Block(IPNetwork.Parse("fd00::/8"), [])],
                    [new NetworkPort(NetworkProtocol.Tcp, 80, 90, null), new NetworkPort(NetworkProtocol.Sctp, 0, 0, null), new NetworkPort(NetworkProtocol.Udp, 0, 0, "dns")]),
                new NetworkRule([], []),
            ],
            Egress = [],
        };

        var back = ModelCodec.FromProto(Wire.Network.NetworkPolicy.Parser.ParseFrom(ModelCodec.ToProto(policy).ToByteArray()));

        Assert.Equal(policy.Key, back.Key);
        Assert.Equal(policy.Ingress.Value.SelectMany(r => r.Peers).Select(p => p.ToString()), back.Ingress!.Value.SelectMany(r => r.Peers).Select(p => p.ToString()));
        Assert.Equal(policy.Ingress.Value.SelectMany(r => r.Ports), back.Ingress.Value.SelectMany(r => r.Ports));
        Assert.Equal(2, back.Ingress.Value.Length);
        Assert.Empty(back.Egress!.Value);
        Assert.Null(ModelCodec.FromProto(ModelCodec.ToProto(policy with { Egress = null })).Egress);
    }

    [Fact]
    public void NetworkPolicy_WithAPeerOfAnUnknownKind_IsRefused()
    {
        var wire = new Wire.Network.NetworkPolicy { Name = "p", Namespace = "shop", Ingress = new Wire.Network.Rules() };
        wire.Ingress.Rules_.Add(new Wire.Network.Rule { Peers = { new Wire.Network.Peer() } });

        Assert.Equal("ingress.peers", Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire)).Field);
    }

    [Fact]
    public void Workload_OnlyWhatIsRequired_GetsDefaults()
    {
        var wire = new Wire.Workloads.Workload { Uid = "u", Name = "n", Namespace = "shop" };

        var workload = ModelCodec.FromProto(wire);

        Assert.Equal("spiffe://cluster.local/ns/shop/sa/default", workload.Identity.ToString());
        Assert.Equal(1u, workload.Capacity);
        Assert.Equal(Locality.Unknown, workload.Locality);
    }

    public static TheoryData<string, Action<Wire.Workloads.Workload>> BrokenWorkloads => new()
    {
        { "uid", w => w.Uid = "" },
        { "name", w => w.Name = "" },
        { "namespace", w => w.Namespace = "a/b" },
        { "service_account", w => w.ServiceAccount = "a b" },
        { "trust_domain", w => w.TrustDomain = "Upper" },
        { "addresses", w => w.Addresses.Add(ByteString.CopyFrom(1, 2, 3)) },
        { "tunnel_protocol", w => w.TunnelProtocol = Wire.Workloads.TunnelProtocol.LegacyIstioMtls },
        { "status", w => w.Status = (Wire.Workloads.WorkloadStatus)7 },
        { "services", w => w.Services[""] = new Wire.Workloads.PortList() },
        { "services[shop/web].service_port", w => w.Services["shop/web"] = new Wire.Workloads.PortList { Ports = { new Wire.Workloads.Port { ServicePort = 70000 } } } },
        { "authorization_policies", w => w.AuthorizationPolicies.Add("shop/") },
        { "waypoint", w => w.Waypoint = new Wire.Workloads.GatewayAddress() },
    };

    [Theory]
    [MemberData(nameof(BrokenWorkloads))]
    public void Workload_BrokenField_IsNamed(string field, Action<Wire.Workloads.Workload> breakIt)
    {
        var wire = new Wire.Workloads.Workload { Uid = "u", Name = "n", Namespace = "shop" };
        breakIt(wire);

        var error = Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire));

        Assert.Equal(field, error.Field);
    }

    [Fact]
    public void Service_AllFields_ComeBack()
    {
        var service = Samples.Service("web.shop.svc.cluster.local") with
        {
            SubjectAltNames = ["spiffe://td/ns/a/sa/b"],
            LoadBalancing = new LoadBalancing { Mode = LoadBalancingMode.Failover, Preferences = [TrafficScope.Region, TrafficScope.Zone], AllowUnhealthy = true },
            Canonical = false,
        };

        var back = (Service)ModelCodec.FromProto(Wire.Workloads.Address.Parser.ParseFrom(ModelCodec.ToProto(service).ToByteArray()));

        Assert.Equal(service.Addresses, back.Addresses);
        Assert.Equal(service.Ports, back.Ports);
        Assert.Equal(service.SubjectAltNames, back.SubjectAltNames);
        Assert.Equal(service.LoadBalancing.Preferences, back.LoadBalancing.Preferences);
        Assert.Equal(service.LoadBalancing.Mode, back.LoadBalancing.Mode);
        Assert.True(back.LoadBalancing.AllowUnhealthy);
        Assert.False(back.Canonical);
        Assert.Equal(service.Key, back.Key);
    }

    [Fact]
    public void Policy_AllFields_ComeBack()
    {
        var match = new PolicyMatch
        {
            Namespaces = [new StringMatch(StringMatchKind.Exact, "a")],
            NotNamespaces = [new StringMatch(StringMatchKind.Prefix, "b")],
            Principals = [new StringMatch(StringMatchKind.Suffix, "c")],
            NotPrincipals = [new StringMatch(StringMatchKind.Presence, "")],
            ServiceAccounts = [new ServiceAccountMatch("n", "s")],
            NotServiceAccounts = [new ServiceAccountMatch("m", "t")],
            SourceIps = [IPNetwork.Parse("10.0.0.0/8")],
            NotSourceIps = [IPNetwork.Parse("fd00::/16")],
            DestinationIps = [IPNetwork.Parse("1.2.3.4/32")],
            NotDestinationIps = [IPNetwork.Parse("0.0.0.0/0")],
            DestinationPorts = [1, 65535],
            NotDestinationPorts = [22],
        };
        var policy = Samples.Policy("p") with { DryRun = true, Scope = PolicyScope.WorkloadSelector, Rules = [new PolicyRule([new PolicyClause([match]), new PolicyClause([])])] };

        var back = ModelCodec.FromProto(Wire.Security.Authorization.Parser.ParseFrom(ModelCodec.ToProto(policy).ToByteArray()));

        Assert.Equal((policy.Key, policy.Scope, policy.Action, policy.DryRun), (back.Key, back.Scope, back.Action, back.DryRun));
        Assert.Equal(2, back.Rules[0].Clauses.Length);
        Assert.Empty(back.Rules[0].Clauses[1].Matches);
        var got = back.Rules[0].Clauses[0].Matches[0];
        Assert.Equal(match.Namespaces, got.Namespaces);
        Assert.Equal(match.NotNamespaces, got.NotNamespaces);
        Assert.Equal(match.Principals, got.Principals);
        Assert.Equal(match.NotPrincipals, got.NotPrincipals);
        Assert.Equal(match.ServiceAccounts, got.ServiceAccounts);
        Assert.Equal(match.NotServiceAccounts, got.NotServiceAccounts);
        Assert.Equal(match.SourceIps, got.SourceIps);
        Assert.Equal(match.NotSourceIps, got.NotSourceIps);
        Assert.Equal(match.DestinationIps, got.DestinationIps);
        Assert.Equal(match.NotDestinationIps, got.NotDestinationIps);
        Assert.Equal(match.DestinationPorts, got.DestinationPorts);
        Assert.Equal(match.NotDestinationPorts, got.NotDestinationPorts);
    }

    [Fact]
    public void Policy_NetworkWithHostBits_IsMasked()
    {
        var wire = PolicyOf(m => m.SourceIps.Add(new Wire.Security.Address { Address_ = ByteString.CopyFrom(10, 1, 2, 3), Length = 8 }));

        var policy = ModelCodec.FromProto(wire);

        Assert.Equal(IPNetwork.Parse("10.0.0.0/8"), policy.Rules[0].Clauses[0].Matches[0].SourceIps[0]);
    }

    public static TheoryData<string, Action<Wire.Security.Match>> BrokenMatches => new()
    {
        { "principals", m => m.Principals.Add(new Wire.Security.StringMatch()) },
        { "source_ips", m => m.SourceIps.Add(new Wire.Security.Address { Address_ = ByteString.CopyFrom(10, 1, 2, 3), Length = 33 }) },
        { "destination_ports", m => m.DestinationPorts.Add(65536) },
        { "service_accounts.namespace", m => m.ServiceAccounts.Add(new Wire.Security.ServiceAccountMatch { ServiceAccount = "x" }) },
    };

    [Theory]
    [MemberData(nameof(BrokenMatches))]
    public void Policy_BrokenMatch_IsRefusedAndNamed(string field, Action<Wire.Security.Match> breakIt)
    {
        var error = Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(PolicyOf(breakIt)));

        Assert.Equal(field, error.Field);
        Assert.Equal("shop/p", error.Resource);
    }

    [Fact]
    public void Policy_UnknownAction_IsRefused()
    {
        var wire = new Wire.Security.Authorization { Name = "p", Namespace = "shop", Action = (Wire.Security.Action)9 };

        Assert.Equal("action", Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire)).Field);
    }

    [Fact]
    public void Node_AllFields_ComeBack()
    {
        var node = new MeshNode { Name = "node-1", Addresses = [IPAddress.Parse("172.18.1.1")], Locality = new Locality("r", "z", ""), HasNodeTunnel = false };

        var back = ModelCodec.FromProto(Wire.Nodes.Node.Parser.ParseFrom(ModelCodec.ToProto(node).ToByteArray()));

        Assert.Equal(node.Addresses, back.Addresses);
        Assert.Equal(node, back with { Addresses = node.Addresses });
    }

    [Fact]
    public void Version_SameContentInOtherOrder_IsTheSame()
    {
        var first = new ServiceBinding(new NamespacedName("shop", "a"), [new ServicePort(80, 8080)]);
        var second = new ServiceBinding(new NamespacedName("shop", "b"), [new ServicePort(80, 8080)]);

        var one = DiscoveryResource.Of(FullWorkload with { Services = [first, second] });
        var two = DiscoveryResource.Of(FullWorkload with { Services = [second, first] });

        Assert.Equal(one.Version, two.Version);
    }

    [Fact]
    public void Version_OneFieldDiffers_Differs() =>
        Assert.NotEqual(DiscoveryResource.Of(FullWorkload).Version, DiscoveryResource.Of(FullWorkload with { Health = WorkloadHealth.Healthy }).Version);

    private static AccessLogFilter Filter(string expression) =>
        AccessLogFilter.TryParse(expression, out var filter, out var problem) ? filter : throw new FormatException(problem);

    private static Wire.Security.Authorization PolicyOf(Action<Wire.Security.Match> change)
    {
        var match = new Wire.Security.Match();
        change(match);
        return new Wire.Security.Authorization
        {
            Name = "p",
            Namespace = "shop",
            Rules = { new Wire.Security.Rule { Clauses = { new Wire.Security.Clause { Matches = { match } } } } },
        };
    }
}
