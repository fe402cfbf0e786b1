using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Tests.DataPaths;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>A client on the first node and a server on a node, with service <c>web</c> on port 80 between them, whose requests are looked at.</summary>
internal sealed class HttpMesh : IAsyncDisposable
{
    public const string Host = "web.shop.svc.cluster.local";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private HttpMesh(TestMesh mesh, TestPod client, TestPod server) => (Mesh, Client, Server) = (mesh, client, server);

    public TestMesh Mesh { get; }

    public TestPod Client { get; }

    public TestPod Server { get; }

    public RecordingRequests Requests => Mesh.Node1.Requests;

    /// <summary>Makes the mesh; the rule is for every request.</summary>
    public static async Task<HttpMesh> CreateAsync(
        HttpRule? rule = null, int serverNode = 1, AppProtocol protocol = AppProtocol.Http11, bool routed = true, RequestTracer? tracer = null, TimeProvider? time = null,
        KernelForwarding? forwarding = null)
    {
        var mesh = await TestMesh.CreateAsync(forwarding: forwarding, isProxied: forwarding is not null, tracer: tracer, time: time);
        var made = new HttpMesh(mesh, await mesh.AddPodAsync("client", 1, 2), await mesh.AddPodAsync("server", serverNode, 3));
        made.AddService("web", TestMesh.Vip, protocol, made.Server);
        if (routed)
        {
            made.Route(rule ?? To("web"));
        }

        return made;
    }

    /// <summary>A rule that leads to services, all with the same weight.</summary>
    public static HttpRule To(params string[] services) => new()
    {
        Origin = new RuleOrigin(new ResourceOrigin("HTTPRoute", "shop", "test"), 0),
        Backends = ValueList.Create<RouteBackend>([.. services.Select(s => new RouteBackend { Service = Key(s), Port = 80 })]),
    };

    public static NamespacedName Key(string service) => new("shop", $"{service}.shop.svc.cluster.local");

    /// <summary>Adds a service on port 80, which its pods serve on port 8080.</summary>
    public void AddService(string name, IPAddress address, AppProtocol protocol, params TestPod[] pods)
    {
        var service = new Service { Name = name, Namespace = "shop", Hostname = Key(name).Name, Addresses = [address], Ports = [new ServicePort(80, 8080, protocol)] };
        Mesh.State.Apply(new ModelChange
        {
            Services = [service],
            Workloads = [.. pods.Select(p => p.Workload with { Services = [new ServiceBinding(service.Key, [new ServicePort(80, 8080)])] })],
        });
    }

    /// <summary>What Telemetries say of the client.</summary>
    public void Trace(TracingPolicy policy) => Mesh.State.Apply(new ModelChange { Workloads = [Client.Workload with { Tracing = policy }] });

    /// <summary>Attaches a rule for every request to service <c>web</c>.</summary>
    public void Route(HttpRule rule) => Route(new AttachedRule<HttpMatch>([new HttpMatch()], rule));

    /// <summary>Attaches rules to service <c>web</c>.</summary>
    public void Route(params AttachedRule<HttpMatch>[] rules) => Mesh.State.Apply(new ModelChange
    {
        Routes = [new ServiceRoutes { Key = Key("web"), Http = [new AttachedRoute<HttpMatch> { Scope = new RouteScope("", 0), Rules = ValueList.Create<AttachedRule<HttpMatch>>(rules) }] }],
    });

    /// <summary>A VirtualService for host <c>web</c>, which says of the port's protocol nothing.</summary>
    public void SplitByHost() => Mesh.State.Apply(new ModelChange
    {
        Routes =
        [
            new ServiceRoutes
            {
                Key = Key("web"),
                Ordered =
                [
                    new OrderedRoutes { Origin = new ResourceOrigin("VirtualService", "shop", "web"), ByHost = true, Rules = [new OrderedRule([], To("web"))] },
                ],
            },
        ],
    });

    /// <summary>What the endpoints of service <c>web</c> are told to be treated with, and nothing else.</summary>
    public void Treat(TrafficSettings settings) => Mesh.State.Apply(new ModelChange
    {
        Routes = [new ServiceRoutes { Key = Key("web"), TrafficPolicies = [new TrafficPolicy { Origin = new ResourceOrigin("DestinationRule", "shop", "web"), Settings = settings }] }],
    });

    /// <summary>A client application of HTTP/1.1 or HTTP/2, whose every connection is captured.</summary>
    public HttpClient NewClient(Version? version = null) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        Expect100ContinueTimeout = Patience,
        ConnectCallback = async (_, _) => new NetworkStream(await Client.ConnectAsync(TestMesh.Vip, 80), ownsSocket: true),
    })
    {
        BaseAddress = new Uri($"http://{Host}"),
        Timeout = Patience,
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public Task<Socket> ConnectAsync() => Client.ConnectAsync(TestMesh.Vip, 80);

    /// <summary>Sends bytes on a connection of their own and reads until the server's end; a reset ends the answer as well.</summary>
    public async Task<string> ExchangeAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return await ReadToEndAsync(socket);
    }

    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var buffer = new byte[8192];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token) is var count and > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            text.Append("<reset>");
        }

        return text.ToString();
    }

    /// <summary>Reads until a text has come.</summary>
    public static async Task<string> ReadUntilAsync(Socket socket, string end)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token);
            Assert.True(count > 0, $"the connection ended after: {text}");
            text.Append((char)buffer[0]);
        }

        return text.ToString();
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
