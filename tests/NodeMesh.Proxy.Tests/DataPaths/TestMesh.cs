using System.Net;
using System.Net.Sockets;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Identity;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tracing;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Two nodes, their pods on one bridge, a CA, and a model that both nodes share.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    public static readonly IPAddress Vip = IPAddress.Parse("10.96.0.20");

    /// <summary>One per process: the runtime's threads must be started before the first namespace is entered.</summary>
    private static readonly Lazy<NetworkNamespaceBroker> Broker = new(() => new NetworkNamespaceBroker());
    private static int _last;

    private readonly TestNetwork _network;
    private readonly TestNamespace _switch;
    private readonly List<TestPod> _pods = [];
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);

    private TestMesh(TestNetwork network, TestNamespace bridge, bool registryOnly, KernelForwarding? forwarding, bool isProxied, TimeProvider? time, RequestTracer? tracer)
    {
        _network = network;
        _switch = bridge;

        // Each mesh has node addresses of its own, also beside other test processes.
        var number = Interlocked.Increment(ref _last);
        var first = new IPAddress([127, (byte)(1 + (Environment.ProcessId >> 8 & 0x7f)), (byte)Environment.ProcessId, (byte)(2 * number)]);
        var second = new IPAddress([127, first.GetAddressBytes()[1], first.GetAddressBytes()[2], (byte)((2 * number) + 1)]);
        Node1 = new TestNode("node-1", first, _authority, Broker.Value, State, registryOnly, forwarding, isProxied, time, tracer);
        Node2 = new TestNode("node-2", second, _authority, Broker.Value, State, registryOnly);
        State.Apply(new ModelChange
        {
            Nodes = [new MeshNode { Name = "node-1", Addresses = [first] }, new MeshNode { Name = "node-2", Addresses = [second] }],
        });
    }

    public TestNode Node1 { get; }

    public TestNode Node2 { get; }

    public MeshState State { get; } = new(TimeProvider.System);

    public CertificateAuthority Authority => _authority;

    public static async Task<TestMesh> CreateAsync(bool synced = true, bool registryOnly = false, KernelForwarding? forwarding = null, bool isProxied = false, TimeProvider? time = null, RequestTracer? tracer = null)
    {
        _ = Broker.Value;
        var network = await TestNetwork.CreateAsync();
        var bridge = await network.AddAsync("sw");
        await bridge.AddBridgeAsync("br0", "10.99.0.1/16");
        var mesh = new TestMesh(network, bridge, registryOnly, forwarding, isProxied, time, tracer);
        if (synced)
        {
            mesh.State.MarkSynced();
        }

        await mesh.Node1.StartAsync();
        await mesh.Node2.StartAsync();
        return mesh;
    }

    /// <summary>Adds a pod; node 0 is none: it is not meshed.</summary>
    public async Task<TestPod> AddPodAsync(string name, int node, int host, bool known = true, Dictionary<string, string>? annotations = null)
    {
        var ns = await _network.AddAsync(name);
        var address = IPAddress.Parse($"10.99.{node}.{host}");
        await _network.PlugAsync(ns, [$"{address}/16"], _switch, "br0");
        await ns.AddRouteAsync("default", "10.99.0.1");
        var pod = new TestPod(ns, name, $"node-{node}", address, Broker.Value) { Annotations = annotations ?? [] };
        _pods.Add(pod);
        if (node == 0)
        {
            return pod;
        }

        if (known)
        {
            State.Apply(new ModelChange { Workloads = [pod.Workload] });
        }

        await (node == 1 ? Node1 : Node2).EnrollAsync(pod);
        return pod;
    }

    public void Expose(params TestPod[] pods)
    {
        var service = new Service { Name = "web", Namespace = "shop", Hostname = "web.shop.svc.cluster.local", Addresses = [Vip], Ports = [new ServicePort(80, 8080)] };
        State.Apply(new ModelChange
        {
            Services = [service],
            Workloads = [.. pods.Select(p => p.Workload with { Services = [new ServiceBinding(service.Key, [new ServicePort(80, 8080)])] })],
        });
    }

    public static IReadOnlyList<int> StrayThreads() => Broker.Value.FindStrayThreads();

    public void Apply(params AuthorizationPolicy[] policies) => State.Apply(new ModelChange { Policies = [.. policies] });

    public static AuthorizationPolicy Deny(string name, PolicyMatch match) => new()
    {
        Name = name,
        Namespace = "shop",
        Scope = PolicyScope.Namespace,
        Action = PolicyAction.Deny,
        Rules = [new PolicyRule([new PolicyClause([match])])],
    };

    /// <summary>Accepts one connection.</summary>
    public static Task<Socket> AcceptAsync(Socket listener) => Eventually.WithinAsync(listener.AcceptAsync());

    /// <summary>Reads to the end of the stream.</summary>
    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var stream = new MemoryStream();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token) is var count and > 0)
        {
            stream.Write(buffer, 0, count);
        }

        return System.Text.Encoding.ASCII.GetString(stream.ToArray());
    }

    /// <summary>Waits for a reset.</summary>
    public static async Task AssertResetAsync(Socket socket)
    {
        var error = await Assert.ThrowsAnyAsync<SocketException>(() => ReadToEndAsync(socket));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    /// <summary>Connects and waits for the reset, which may overtake the connect's own success.</summary>
    public static async Task AssertRefusedAsync(TestPod from, IPAddress to, int port, IPAddress? source = null)
    {
        var error = await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            using var socket = await from.ConnectAsync(to, port, source);
            await ReadToEndAsync(socket);
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    public async ValueTask DisposeAsync()
    {
        await Node1.DisposeAsync();
        await Node2.DisposeAsync();
        foreach (var pod in _pods)
        {
            pod.Dispose();
        }

        await _network.DisposeAsync();
        _authority.Dispose();
    }
}
