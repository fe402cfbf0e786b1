using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>A pod: a namespace, an address, an identity. Its applications are sockets of the test, opened inside and not marked, so that they are captured as a pod's are.</summary>
internal sealed class TestPod(TestNamespace ns, string name, string node, IPAddress address, NetworkNamespaceBroker broker) : IDisposable
{
    private readonly NetworkNamespace _namespace = NetworkNamespace.Open(ns.Path);

    public IPAddress Address { get; } = address;

    public string Uid { get; } = Guid.NewGuid().ToString();

    public string Node { get; } = node;

    public SpiffeId Identity { get; } = new("cluster.local", "shop", name);

    public Workload Workload { get; } = new()
    {
        Uid = $"Kubernetes//Pod/shop/{name}",
        Name = name,
        Namespace = "shop",
        ServiceAccount = name,
        Node = node,
        Addresses = [address],
        TunnelProtocol = node == "node-0" ? TunnelProtocol.None : TunnelProtocol.Hbone,
        WorkloadName = name,
        CanonicalName = name,
    };

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public PodEnrollment Enrollment => new()
    {
        Uid = Uid,
        Name = name,
        Namespace = "shop",
        ServiceAccount = name,
        NetworkNamespace = ns.Path,
        Addresses = [Address.ToString()],
        Annotations = Annotations.ToImmutableDictionary(),
    };

    /// <summary>Where commands run inside.</summary>
    public TestNamespace Inside => ns;

    /// <summary>Starts a server application.</summary>
    public async Task<Socket> ListenAsync(int port)
    {
        var socket = await broker.CreateSocketAsync(_namespace, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen(64);
        return socket;
    }

    /// <summary>Connects from a client application; from an address or port of its choice, where one is given. Such a port may have several connections.</summary>
    public async Task<Socket> ConnectAsync(IPAddress to, int port, IPAddress? from = null, int fromPort = 0)
    {
        var socket = await broker.CreateSocketAsync(_namespace, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
        if (fromPort != 0)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }

        if (from is not null || fromPort != 0)
        {
            socket.Bind(new IPEndPoint(from ?? IPAddress.Any, fromPort));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await socket.ConnectAsync(new IPEndPoint(to, port), limit.Token);
        return socket;
    }

    public void Dispose() => _namespace.Dispose();
}
