using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Requests to addresses that no service has, and what the host that they name means.</summary>
public sealed class HostRoutingTests
{
    private const string Host = "nobody.example.com";

    [Fact]
    public async Task RulesForAHostThatNoServiceHas_AreForItsRequests_AndOthersGoWhereTheyWereDialled()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var outside = await mesh.Mesh.AddPodAsync("outside", 0, 9);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("inside"));
        await using var other = await HttpServerApp.StartAsync(outside, context => context.Response.WriteAsync($"outside {context.Request.Headers.Host}"), port: 80);
        RouteHost(mesh, Host);

        Assert.EndsWith("inside", await AskAsync(mesh, outside, Host), StringComparison.Ordinal);
        Assert.EndsWith("outside other.example.com", await AskAsync(mesh, outside, "other.example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RulesForAWildcardHost_AreForAllNamesBelow()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var outside = await mesh.Mesh.AddPodAsync("outside", 0, 9);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("inside"));
        RouteHost(mesh, "*.example.com");

        Assert.EndsWith("inside", await AskAsync(mesh, outside, "a.b.example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegistryOnly_RefusesRequestsToHostsThatNobodyKnows_With502()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var outside = await mesh.Mesh.AddPodAsync("outside", 0, 9);
        await using var other = await HttpServerApp.StartAsync(outside, context => context.Response.WriteAsync("outside"), port: 80);
        RouteHost(mesh, Host);
        mesh.Mesh.State.Apply(new ModelChange
        {
            Services = [NamedOnly("api.example.com")],
            Workloads = [mesh.Client.Workload with { Egress = new EgressScope { RegistryOnly = true } }],
        });

        Assert.StartsWith("HTTP/1.1 502 ", await AskAsync(mesh, outside, "other.example.com"), StringComparison.Ordinal);
        Assert.EndsWith("outside", await AskAsync(mesh, outside, "api.example.com"), StringComparison.Ordinal);
        var record = await mesh.Requests.WaitAsync("/other.example.com");
        Assert.Contains("REGISTRY_ONLY", record.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PolicyOfANamedOnlyService_IsForItsRequests()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var outside = await mesh.Mesh.AddPodAsync("outside", 0, 9);
        await using var other = await HttpServerApp.StartAsync(outside, context => context.Response.WriteAsync("plaintext"), port: 80);
        mesh.Mesh.State.Apply(new ModelChange
        {
            Services = [NamedOnly("*.example.com")],
            Routes =
            [
                new ServiceRoutes
                {
                    Key = new NamespacedName("shop", "*.example.com"),
                    TrafficPolicies =
                    [
                        new TrafficPolicy
                        {
                            Origin = new ResourceOrigin("DestinationRule", "shop", "tls"),
                            Settings = new TrafficSettings { Tls = new ClientTls { Mode = ClientTlsMode.Simple } },
                        },
                    ],
                },
            ],
        });

        // The server does not speak TLS, which the policy asks for: nothing is sent in the clear.
        Assert.StartsWith("HTTP/1.1 503 ", await AskAsync(mesh, outside, "api.example.com"), StringComparison.Ordinal);
        Assert.EndsWith("plaintext", await AskAsync(mesh, outside, "api.example.net"), StringComparison.Ordinal);
    }

    private static Service NamedOnly(string host) => new()
    {
        Name = "api",
        Namespace = "shop",
        Hostname = host,
        Ports = [new ServicePort(80, 80, AppProtocol.Http11)],
        Canonical = false,
        LoadBalancing = new Model.LoadBalancing { Mode = LoadBalancingMode.Passthrough },
    };

    private static void RouteHost(HttpMesh mesh, string host) => mesh.Mesh.State.Apply(new ModelChange
    {
        Routes =
        [
            new ServiceRoutes
            {
                Key = new NamespacedName("shop", host),
                Ordered = [new OrderedRoutes { Origin = new ResourceOrigin("VirtualService", "shop", "host"), ByHost = true, Rules = [new OrderedRule([], HttpMesh.To("web"))] }],
            },
        ],
    });

    /// <summary>A request to the outside server's address that names a host.</summary>
    private static async Task<string> AskAsync(HttpMesh mesh, TestPod outside, string host)
    {
        using var socket = await mesh.Client.ConnectAsync(outside.Address, 80);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /{host} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), SocketFlags.None);
        var answer = await HttpMesh.ReadToEndAsync(socket);
        return answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal) ? answer[..^7].TrimEnd() : answer;
    }
}
