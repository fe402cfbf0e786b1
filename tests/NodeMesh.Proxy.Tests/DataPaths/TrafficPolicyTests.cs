using System.Net.Sockets;
using System.Text;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Traffic policies and rules on connections whose bytes nobody reads.</summary>
public sealed class TrafficPolicyTests
{
    private static readonly NamespacedName Web = new("shop", "web.shop.svc.cluster.local");
    private static readonly ResourceOrigin Rule = new("DestinationRule", "shop", "web");

    [Fact]
    public async Task RoundRobin_OfConnections_VisitsTheEndpointsInTurns()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, listening) = await StartAsync(mesh, new TrafficSettings { LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.RoundRobin } });
        using var servers = listening;
        var names = await CallAsync(client, servers, 6);
        Assert.Equal(3, names.Count(n => n == "a"));
        Assert.All(names.Chunk(2), pair => Assert.NotEqual(pair[0], pair[1]));
    }

    [Fact]
    public async Task SourceAddressHash_OfConnections_StaysWithOneEndpoint()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var hash = new ConsistentHash { On = HashKeyKind.SourceIp };
        var (client, listening) = await StartAsync(mesh, new TrafficSettings { LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.ConsistentHash, Hash = hash } });
        using var servers = listening;
        Assert.Single((await CallAsync(client, servers, 6)).Distinct());
    }

    [Fact]
    public async Task MaxConnections_ThatAreOpen_RefuseTheNext()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, listening) = await StartAsync(mesh, new TrafficSettings { ConnectionPool = new ConnectionPool { MaxConnections = 1 } });
        using var servers = listening;
        using (await client.ConnectAsync(TestMesh.Vip, 80))
        using ((await servers.AcceptAsync()).Connection)
        {
            await TestMesh.AssertRefusedAsync(client, TestMesh.Vip, 80);
            await Eventually.TrueAsync(() => mesh.Node1.Records.Ended.Any(r => r.EndReason == ConnectionEndReason.UpstreamOverflow), "no connection was refused for the limit");
        }

        await Eventually.TrueAsync(() => mesh.Node1.DataPath.Clusters.All.Single().Circuit.Connections == 0, "the connection still counts");
        Assert.Single(await CallAsync(client, servers, 1));
    }

    [Theory]
    [InlineData(true, ConnectionEndReason.DurationLimit)]
    [InlineData(false, ConnectionEndReason.IdleTimeout)]
    internal async Task Connection_ThatIsOpenOrSilentForTooLong_IsReset(bool byAge, ConnectionEndReason reason)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var limit = TimeSpan.FromMilliseconds(10);
        var (client, listening) = await StartAsync(mesh, new TrafficSettings { ConnectionPool = byAge ? new ConnectionPool { MaxConnectionDuration = limit } : new ConnectionPool { TcpIdleTimeout = limit } });
        using var servers = listening;
        using var near = await client.ConnectAsync(TestMesh.Vip, 80);
        using var far = (await servers.AcceptAsync()).Connection;

        await TestMesh.AssertResetAsync(near);
        await TestMesh.AssertResetAsync(far);
        Assert.Equal(reason, (await mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound)).EndReason);
    }

    [Fact]
    public async Task OutlierDetection_OfAnEndpointThatRefuses_LeavesItOut()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var settings = new TrafficSettings
        {
            LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.RoundRobin },
            OutlierDetection = new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = 50, BaseEjectionTime = TimeSpan.FromMinutes(10) },
        };
        var (client, listening) = await StartAsync(mesh, settings);
        using var servers = listening;
        servers.Remove("a");

        // Both are tried within two connections, and the one that fails is tried no more.
        Assert.Equal(["b", "b"], await CallAsync(client, servers, 2));
        var cluster = mesh.Node1.DataPath.Clusters.All.Single();
        Assert.Equal(["a"], Endpoints(cluster.Endpoints).Where(e => e.IsEjected).Select(e => e.Workload.Name));
    }

    [Fact]
    public async Task ConnectionRule_OfAService_SendsConnectionsElsewhere()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var (client, listening) = await StartAsync(mesh, TrafficSettings.Default);
        using var servers = listening;
        mesh.State.Apply(new ModelChange
        {
            Routes =
            [
                new ServiceRoutes
                {
                    Key = Web,
                    Connections =
                    [
                        new ConnectionRule
                        {
                            Origin = new RuleOrigin(new ResourceOrigin("TCPRoute", "shop", "web"), 0),
                            Backends = [new RouteBackend { Service = Web, Port = 80, Subset = "b" }, new RouteBackend { Service = Web, Port = 80, Weight = 0 }],
                        },
                    ],
                    TrafficPolicies = [Policy(TrafficSettings.Default)],
                },
            ],
        });
        Assert.Equal(["b", "b", "b", "b"], await CallAsync(client, servers, 4));
    }

    private static async Task<(TestPod Client, TestServers Servers)> StartAsync(TestMesh mesh, TrafficSettings settings)
    {
        var client = await mesh.AddPodAsync("client", 1, 2);
        var (a, b) = (await mesh.AddPodAsync("a", 1, 3), await mesh.AddPodAsync("b", 2, 3));
        mesh.Expose(a, b);
        mesh.State.Apply(new ModelChange
        {
            Workloads = [.. mesh.State.Current.WorkloadsOf(Web).Select(w => w with { Labels = [new WorkloadLabel("name", w.Name)] })],
            Routes = [new ServiceRoutes { Key = Web, TrafficPolicies = [Policy(settings)] }],
        });
        var servers = new TestServers();
        servers.Add("a", await a.ListenAsync(8080));
        servers.Add("b", await b.ListenAsync(8080));
        return (client, servers);
    }

    private static TrafficPolicy Policy(TrafficSettings settings) =>
        new() { Origin = Rule, Settings = settings, Subsets = [new TrafficSubset("b", [new WorkloadLabel("name", "b")], null, default)] };

    private static async Task<List<string>> CallAsync(TestPod client, TestServers servers, int times)
    {
        var names = new List<string>();
        for (var i = 0; i < times; i++)
        {
            using var near = await client.ConnectAsync(TestMesh.Vip, 80);
            var (name, far) = await servers.AcceptAsync();
            using var accepted = far;
            await far.SendAsync(Encoding.ASCII.GetBytes("hello"));
            far.Shutdown(SocketShutdown.Send);
            Assert.Equal("hello", await TestMesh.ReadToEndAsync(near));
            names.Add(name);
        }

        return names;
    }

    private static List<UpstreamEndpoint> Endpoints(EndpointSet set)
    {
        var all = new List<UpstreamEndpoint>();
        foreach (var group in set.Groups)
        {
            all.AddRange(group.Endpoints);
        }

        return all;
    }
}
