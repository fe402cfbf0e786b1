using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Ebpf;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;
using NodeMesh.Testing;

namespace NodeMesh.Capture.Tests;

/// <summary>A pod and a peer, joined by one link; the peer also has addresses behind its own, as services would.</summary>
internal sealed class CaptureFixture : IAsyncDisposable
{
    internal static readonly IPAddress PodAddress = IPAddress.Parse("10.77.0.2");
    internal static readonly IPAddress PodAddressV6 = IPAddress.Parse("fd77::2");
    internal static readonly IPAddress PeerAddress = IPAddress.Parse("10.77.0.1");
    internal static readonly IPAddress PeerAddressV6 = IPAddress.Parse("fd77::1");
    internal static readonly IPAddress FarAddress = IPAddress.Parse("10.99.0.1");
    internal static readonly IPAddress FarAddressV6 = IPAddress.Parse("fd99::1");

    private readonly List<IDisposable> _open = [];

    private CaptureFixture(CaptureMode mode, TestNetwork network, TestNamespace pod, TestNamespace peer)
    {
        Instance = pod.Name;
        Network = network;
        Pod = pod;
        Peer = peer;
        PodNamespace = NetworkNamespace.Open(pod.Path);
        PeerNamespace = NetworkNamespace.Open(peer.Path);
        Capture = mode == CaptureMode.Ebpf ? Keep(new EbpfCapture(Broker, Instance, NullLogger.Instance)) : new IptablesCapture(Broker);
    }

    internal TestNetwork Network { get; }

    internal TestNamespace Pod { get; }

    internal TestNamespace Peer { get; }

    internal NetworkNamespace PodNamespace { get; }

    internal NetworkNamespace PeerNamespace { get; }

    internal NetworkNamespaceBroker Broker { get; } = new();

    internal ICapture Capture { get; }

    /// <summary>The name of this test's eBPF state.</summary>
    internal string Instance { get; }

    internal CapturePins Pins => new(EbpfCapture.DefaultRoot, Instance);

    internal static CancellationToken Deadline => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _open)
        {
            socket.Dispose();
        }

        EbpfCapture.RemoveInstance(Instance);
        PodNamespace.Dispose();
        PeerNamespace.Dispose();
        Broker.Dispose();
        await Network.DisposeAsync();
    }

    internal static async Task<CaptureFixture> CreateAsync(CaptureMode mode)
    {
        var network = await TestNetwork.CreateAsync();
        var pod = await network.AddAsync("pod");
        var peer = await network.AddAsync("peer");
        await network.ConnectAsync(pod, ["10.77.0.2/24", "fd77::2/64"], peer, ["10.77.0.1/24", "fd77::1/64", "10.99.0.1/32", "fd99::1/128", "169.254.7.127/32", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128"]);
        await pod.AddRouteAsync("default", "10.77.0.1");
        await pod.AddRouteAsync("default", "fd77::1");
        return new CaptureFixture(mode, network, pod, peer);
    }

    /// <summary>Another proxy of the same node.</summary>
    internal EbpfCapture Successor() => Keep(new EbpfCapture(Broker, Instance, NullLogger.Instance));

    internal PodEnrollment Enrollment(params (string Key, string Value)[] annotations) => new()
    {
        Uid = "uid-1",
        Name = "app",
        Namespace = "shop",
        ServiceAccount = "default",
        NetworkNamespace = Pod.Path,
        Addresses = ["10.77.0.2", "fd77::2"],
        Annotations = annotations.ToImmutableDictionary(a => a.Key, a => a.Value),
    };

    internal ValueTask<ICapturedPod> CaptureAsync(params (string Key, string Value)[] annotations) => Capture.CaptureAsync(Enrollment(annotations), Deadline);

    /// <summary>A server of an application.</summary>
    internal async Task<Socket> ListenAsync(NetworkNamespace ns, IPAddress address, int port)
    {
        var socket = await SocketAsync(ns, address, SocketType.Stream);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(16);
        return socket;
    }

    /// <summary>A client of an application, connected.</summary>
    internal async Task<Socket> ConnectAsync(NetworkNamespace ns, IPAddress address, int port, IPAddress? source = null)
    {
        var socket = await SocketAsync(ns, address, SocketType.Stream);
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(source, 0));
        }

        await socket.ConnectAsync(new IPEndPoint(address, port), Deadline);
        return socket;
    }

    internal async Task<Socket> SocketAsync(NetworkNamespace ns, IPAddress address, SocketType type)
    {
        var socket = await Broker.CreateSocketAsync(ns, address.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp, Deadline);
        return Keep(socket);
    }

    internal T Keep<T>(T item)
        where T : IDisposable
    {
        _open.Add(item);
        return item;
    }

    internal async Task<Socket> AcceptAsync(Socket listener) => Keep(await listener.AcceptAsync(Deadline));
}
