using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>A traffic policy's limits of connections, as the server counts them.</summary>
public sealed class HttpConnectionPoolTests
{
    private static readonly Uri Root = new("/", UriKind.Relative);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MaxRequestsPerConnection_OfTwo_OpensAConnectionForEveryTwo(bool http2)
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2, routed: false);
        mesh.Treat(new TrafficSettings { ConnectionPool = new ConnectionPool { MaxRequestsPerConnection = 2 } });
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"), http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        using var client = mesh.NewClient(http2 ? HttpVersion.Version20 : HttpVersion.Version11);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("ok", await client.GetStringAsync(Root, TestContext.Current.CancellationToken));
        }

        Assert.Equal(3, server.Connections);
    }

    [Fact]
    public async Task MaxConcurrentStreams_OfOne_OpensAConnectionForEachRequestAtOnce()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        mesh.Treat(new TrafficSettings { ConnectionPool = new ConnectionPool { MaxConcurrentStreams = 1 } });
        var both = new Barrier(2);
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server,
            async context =>
            {
                if (context.Request.Path == "/wait")
                {
                    await Task.Run(() => both.SignalAndWait(TimeSpan.FromSeconds(30)));
                }

                await context.Response.WriteAsync("ok");
            },
            HttpProtocols.Http2);
        using var client = mesh.NewClient(HttpVersion.Version20);

        var waiting = new Uri("/wait", UriKind.Relative);
        await Task.WhenAll(client.GetStringAsync(waiting, TestContext.Current.CancellationToken), client.GetStringAsync(waiting, TestContext.Current.CancellationToken));
        await client.GetStringAsync(Root, TestContext.Current.CancellationToken);

        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_ThatIsOldOrIdleForTooLong_IsReplaced(bool old)
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        var limit = TimeSpan.FromMilliseconds(1);
        mesh.Treat(new TrafficSettings { ConnectionPool = old ? new ConnectionPool { MaxConnectionDuration = limit } : new ConnectionPool { HttpIdleTimeout = limit } });
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        using var client = mesh.NewClient();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (server.Connections < 3)
        {
            Assert.Equal("ok", await client.GetStringAsync(Root, patience.Token));
        }
    }

    [Fact]
    public async Task ConnectTimeout_ThatIsOver_FailsTheTry()
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 0);
        mesh.Mesh.State.Apply(new ModelChange
        {
            Routes =
            [
                new ServiceRoutes
                {
                    Key = HttpMesh.Key("web"),
                    Http = [new AttachedRoute<HttpMatch> { Scope = new RouteScope("", 0), Rules = [new AttachedRule<HttpMatch>([new HttpMatch()], HttpMesh.To("web") with { Retry = RetryPolicy.Never })] }],
                    TrafficPolicies =
                    [
                        new TrafficPolicy
                        {
                            Origin = new ResourceOrigin("DestinationRule", "shop", "web"),
                            Settings = new TrafficSettings { ConnectionPool = new ConnectionPool { ConnectTimeout = TimeSpan.FromMilliseconds(50) } },
                        },
                    ],
                },
            ],
        });
        await mesh.Server.Inside.RunAsync("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "8080", "-j", "DROP");
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(Root, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var record = await mesh.Requests.WaitAsync("/");
        Assert.Equal(ResponseFlag.UpstreamConnectionFailure, record.Flags);
        Assert.Contains("connectTimeout", record.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AppProtocol.Http11, true, false, 1, HttpProtocols.Http2)]
    [InlineData(AppProtocol.Http11, false, false, 2, HttpProtocols.Http1)]
    [InlineData(AppProtocol.Http2, null, true, 1, HttpProtocols.Http1)]
    [InlineData(AppProtocol.Http2, null, false, 1, HttpProtocols.Http2)]
    internal async Task Protocol_TowardsTheServer_IsWhatThePolicySays(AppProtocol port, bool? upgrade, bool useClientProtocol, int client, HttpProtocols server)
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: port, routed: false);
        mesh.Treat(new TrafficSettings { ConnectionPool = new ConnectionPool { UpgradeToHttp2 = upgrade, UseClientProtocol = useClientProtocol, MaxRetries = 5 } });
        await using var app = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync(context.Request.Protocol), server);
        using var http = mesh.NewClient(client == 2 ? HttpVersion.Version20 : HttpVersion.Version11);

        Assert.Equal(server == HttpProtocols.Http2 ? "HTTP/2" : "HTTP/1.1", await http.GetStringAsync(Root, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TcpKeepalive_OfThePolicy_IsSetOnTheSocket()
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 0, routed: false);
        mesh.Treat(new TrafficSettings { ConnectionPool = new ConnectionPool { Keepalive = new TcpKeepalive(3, TimeSpan.FromSeconds(5035), TimeSpan.FromSeconds(7)) } });
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        using var client = mesh.NewClient();

        Assert.Equal("ok", await client.GetStringAsync(Root, TestContext.Current.CancellationToken));

        // 83 minutes and 55 seconds, and some that have passed.
        Assert.Contains("timer:(keepalive,83min", await mesh.Client.Inside.RunAsync("ss", "-tnoH", "dst", $"{mesh.Server.Address}:8080"), StringComparison.Ordinal);
    }
}
