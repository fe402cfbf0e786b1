using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Tests.DataPaths;
using NodeMesh.Proxy.Tests.Http;

namespace NodeMesh.Proxy.Tests.Resilience;

/// <summary>Health checks of real servers, of which one is on the client's node and one on another.</summary>
public sealed class HealthCheckTests
{
    private static readonly HealthCheck Often = new()
    {
        Path = "/healthz",
        Interval = TimeSpan.FromMilliseconds(100),
        Timeout = TimeSpan.FromSeconds(10),
        UnhealthyThreshold = 2,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Endpoint_WhoseHttpCheckFails_GetsNoRequestsUntilItPasses(int node)
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        var other = await mesh.Mesh.AddPodAsync("other", 2, 4);
        mesh.AddService("web", TestMesh.Vip, AppProtocol.Http11, mesh.Server, other);
        var sick = node == 1 ? mesh.Server : other;
        var status = 500;
        var checks = new ConcurrentQueue<string>();
        await using var one = await ServeAsync(mesh.Server, () => Volatile.Read(ref status));
        await using var two = await ServeAsync(other, () => Volatile.Read(ref status));
        mesh.Treat(new TrafficSettings { Resilience = new ResilienceSettings { HealthCheck = Often, Hedging = new Hedging(true, TimeSpan.FromHours(1)) } });
        using var client = mesh.NewClient();

        // Nobody is asked before somebody uses the service.
        Assert.Empty(checks);
        await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Find(mesh, sick).FailsChecks, "the endpoint did not fail its checks");
        Assert.Equal("status 500", Find(mesh, sick).Problem);
        for (var i = 0; i < 20; i++)
        {
            Assert.NotEqual(sick.Workload.Name, await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
        }

        Assert.Contains($"GET {HttpMesh.Host} nodemesh-health-check", checks);
        Volatile.Write(ref status, 200);
        await Eventually.TrueAsync(() => !Find(mesh, sick).FailsChecks, "the endpoint did not come back");
        var served = new HashSet<string>();
        for (var i = 0; i < 200 && !served.Contains(sick.Workload.Name); i++)
        {
            served.Add(await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
        }

        Assert.Contains(sick.Workload.Name, served);

        Task<HttpServerApp> ServeAsync(TestPod pod, Func<int> health) => HttpServerApp.StartAsync(pod, context =>
        {
            if (context.Request.Path != "/healthz")
            {
                return context.Response.WriteAsync(pod.Workload.Name);
            }

            checks.Enqueue($"{context.Request.Method} {context.Request.Host} {context.Request.Headers.UserAgent}");
            context.Response.StatusCode = pod == sick ? health() : 200;
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Endpoints_ThatAllFail_AreUsedInPanicAlone()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            context.Response.StatusCode = context.Request.Path == "/healthz" ? 503 : 200;
            return Task.CompletedTask;
        });
        var settings = new ResilienceSettings { HealthCheck = Often, Hedging = new Hedging(true, TimeSpan.FromHours(1)) };
        mesh.Treat(new TrafficSettings { Resilience = settings });
        using var client = mesh.NewClient();
        Assert.Equal(200, await StatusAsync(client));
        await Eventually.TrueAsync(() => Find(mesh, mesh.Server).FailsChecks, "the endpoint did not fail its checks");
        Assert.Equal(503, await StatusAsync(client));

        mesh.Treat(new TrafficSettings { Resilience = settings with { PanicPercent = 50 } });
        Assert.Equal(200, await StatusAsync(client));

        mesh.Treat(TrafficSettings.Default);
        mesh.Treat(new TrafficSettings { ConnectionPool = new ConnectionPool { MaxRequests = 100 } });
        Assert.Equal(200, await StatusAsync(client));
    }

    [Theory]
    [InlineData(HealthCheckKind.Tcp)]
    [InlineData(HealthCheckKind.Grpc)]
    public async Task Endpoint_AskedOnAPortOfItsOwn_FailsUntilThatIsServed(HealthCheckKind kind)
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false, serverNode: 2);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("served"));
        mesh.Treat(new TrafficSettings
        {
            Resilience = new ResilienceSettings { HealthCheck = Often with { Kind = kind, Port = 9090, Service = "shop.Web" }, Hedging = new Hedging(true, TimeSpan.FromHours(1)) },
        });
        using var client = mesh.NewClient();
        Assert.Equal(200, await StatusAsync(client));
        await Eventually.TrueAsync(() => Find(mesh, mesh.Server).FailsChecks, "the endpoint did not fail its checks");

        var asked = "";
        await using var health = await HttpServerApp.StartAsync(
            mesh.Server,
            async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                asked = $"{context.Request.Path} {Convert.ToHexString(body.ToArray())}";
                context.Response.ContentType = "application/grpc";
                context.Response.AppendTrailer("grpc-status", "0");
                await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, 1 });
            },
            HttpProtocols.Http2,
            9090);
        await Eventually.TrueAsync(() => !Find(mesh, mesh.Server).FailsChecks, $"the endpoint did not come back: {Find(mesh, mesh.Server).Problem}");
        Assert.Equal(200, await StatusAsync(client));
        if (kind == HealthCheckKind.Grpc)
        {
            Assert.Equal("/grpc.health.v1.Health/Check 000000000A0A0873686F702E576562", asked);
        }
    }

    [Fact]
    public async Task Endpoint_WhoseCheckFailedJustAsItsPolicyWent_ComesBack()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("served"));
        mesh.Treat(new TrafficSettings { ConnectionPool = new ConnectionPool { MaxRequests = 100 } });
        using var client = mesh.NewClient();
        Assert.Equal(200, await StatusAsync(client));

        Find(mesh, mesh.Server).FailsChecks = true;

        await Eventually.TrueAsync(() => !Find(mesh, mesh.Server).FailsChecks, "nobody asks the endpoint, and it stays out");
    }

    private static UpstreamEndpoint Find(HttpMesh mesh, TestPod pod)
    {
        foreach (var cluster in mesh.Mesh.Node1.DataPath.Clusters.All)
        {
            foreach (var group in cluster.Endpoints.Groups)
            {
                foreach (var endpoint in group.Endpoints)
                {
                    if (endpoint.Uid == pod.Workload.Uid)
                    {
                        return endpoint;
                    }
                }
            }
        }

        throw new InvalidOperationException($"{pod.Workload.Uid} is no endpoint of {string.Join(", ", mesh.Mesh.Node1.DataPath.Clusters.All.Select(c => $"{c.Key}: {c.Endpoints.Count}"))}");
    }

    private static async Task<int> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
