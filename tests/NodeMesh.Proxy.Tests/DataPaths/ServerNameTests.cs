using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Connections of TLS that rules choose by their server name.</summary>
public sealed class ServerNameTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly NamespacedName Web = new("shop", "web.shop.svc.cluster.local");

    [Fact]
    public async Task TlsRules_GoByTheServerName_AndTheHelloArrivesWhole()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await mesh.AddPodAsync("client", 1, 2);
        var (a, b) = (await mesh.AddPodAsync("a", 1, 3), await mesh.AddPodAsync("b", 2, 3));
        mesh.Expose(a);
        using var servers = new TestServers();
        servers.Add("a", await a.ListenAsync(8080));
        servers.Add("b", await b.ListenAsync(8080));
        var other = new Service { Name = "b", Namespace = "shop", Hostname = "b.shop.svc.cluster.local", Addresses = [IPAddress.Parse("10.96.0.21")], Ports = [new ServicePort(80, 8080)] };
        mesh.State.Apply(new ModelChange
        {
            Services = [other],
            Workloads = [b.Workload with { Services = [new ServiceBinding(other.Key, [new ServicePort(80, 8080)])] }],
            Routes =
            [
                new ServiceRoutes
                {
                    Key = Web,
                    Connections =
                    [
                        new ConnectionRule
                        {
                            Origin = new RuleOrigin(new ResourceOrigin("TLSRoute", "shop", "web"), 0), Tls = true, ServerNames = ["*.b.example.com"],
                            Backends = [new RouteBackend { Service = other.Key, Port = 80 }],
                        },
                    ],
                },
            ],
        });

        Assert.Equal(("b", "x.b.example.com"), await SeenAsync(client, servers, "x.b.example.com", TestMesh.Vip, 80));
        Assert.Equal(("a", "a.example.com"), await SeenAsync(client, servers, "a.example.com", TestMesh.Vip, 80));
    }

    [Fact]
    public async Task NamedOnlyService_WithRegistryOnly_IsKnownByItsServerName()
    {
        await using var mesh = await TestMesh.CreateAsync(registryOnly: true);
        var client = await mesh.AddPodAsync("client", 1, 2);
        var outside = await mesh.AddPodAsync("outside", 0, 9);
        using var servers = new TestServers();
        servers.Add("outside", await outside.ListenAsync(443));
        mesh.State.Apply(new ModelChange
        {
            Services =
            [
                new Service
                {
                    Name = "wiki", Namespace = "shop", Hostname = "*.example.org", Ports = [new ServicePort(443, 443, AppProtocol.Tls)], Canonical = false,
                    LoadBalancing = new Model.LoadBalancing { Mode = LoadBalancingMode.Passthrough },
                },
            ],
        });

        Assert.Equal(("outside", "en.example.org"), await SeenAsync(client, servers, "en.example.org", outside.Address, 443));
        await Assert.ThrowsAnyAsync<IOException>(() => HelloAsync(client, "example.net", outside.Address, 443));
    }

    /// <summary>Which server a hello comes to, and the server name that it reads.</summary>
    private static async Task<(string Server, string Name)> SeenAsync(TestPod client, TestServers servers, string name, IPAddress address, int port)
    {
        var hello = HelloAsync(client, name, address, port);
        var (server, connection) = await servers.AcceptAsync();
        using (connection)
        {
            await using var stream = new SslStream(new NetworkStream(connection));
            var read = "";
            await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsServerAsync(
                (_, info, _, _) =>
                {
                    read = info.ServerName;
                    throw new InvalidOperationException("enough was seen");
                },
                null,
                CancellationToken.None).WaitAsync(Patience));
            connection.Close();
            await Assert.ThrowsAnyAsync<Exception>(() => hello.WaitAsync(Patience));
            return (server, read);
        }
    }

    private static async Task HelloAsync(TestPod client, string name, IPAddress address, int port)
    {
        using var socket = await client.ConnectAsync(address, port);
        await using var stream = new SslStream(new NetworkStream(socket));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }, limit.Token);
    }
}
