using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture;

/// <summary>Makes the proxy's sockets in one pod's namespace: each carries the mark that exempts it from capture.</summary>
/// <param name="broker">Makes sockets in namespaces.</param>
/// <param name="ns">The pod's.</param>
/// <param name="ports">Chooses the ports of deliveries; null where the kernel may.</param>
internal sealed class PodSocketFactory(NetworkNamespaceBroker broker, NetworkNamespace ns, DeliveryPorts? ports = null) : IDisposable
{
    private readonly PodSocketStock _ipv4 = new(broker, ns, AddressFamily.InterNetwork, TimeProvider.System);
    private readonly PodSocketStock _ipv6 = new(broker, ns, AddressFamily.InterNetworkV6, TimeProvider.System);

    /// <summary>Closes the sockets in stock: each keeps the pod's namespace alive.</summary>
    public void Dispose()
    {
        _ipv4.Dispose();
        _ipv6.Dispose();
    }

    internal async Task<Socket> CreateAsync(AddressFamily family, SocketType type, ProtocolType protocol, CancellationToken ct)
    {
        var socket = await broker.CreateSocketAsync(ns, family, type, protocol, ct);
        return Prepare(socket, static s => s.SetMark(CaptureMarks.Proxy));
    }

    /// <summary>A TCP socket for connecting.</summary>
    internal async ValueTask<SocketDescriptor> OpenAsync(AddressFamily family, CancellationToken ct) => Stock(family).TryTake() ?? await Stock(family).MakeAsync(ct);

    /// <summary>A TCP socket for connecting that is bound to another's address.</summary>
    internal async ValueTask<SocketDescriptor> OpenFromAsync(IPAddress source, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(source);
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        var socket = await OpenAsync(address.AddressFamily, ct);
        try
        {
            socket.SetTransparent(address.AddressFamily);
            socket.SetMark(CaptureMarks.Delivery);
            if (ports is not null)
            {
                ports.Bind(socket, address);
                return socket;
            }

            // The port is chosen at connect, when the whole 4-tuple is known: else 28,000 connections of one client would be the end.
            socket.SetBindAddressNoPort();
            socket.Bind(new IPEndPoint(address, 0));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A TCP listener on all addresses of both families, or of IPv4 where there is no IPv6.</summary>
    internal async Task<Socket> ListenAsync(bool hasIpv6, int port, int backlog, CancellationToken ct)
    {
        var socket = await CreateAsync(hasIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, ct);
        return Prepare(socket, s =>
        {
            if (hasIpv6)
            {
                s.DualMode = true;
            }

            s.SetReusePort();
            s.SetTransparent();
            s.Bind(new IPEndPoint(hasIpv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            s.Listen(backlog);
        });
    }

    /// <summary>A UDP socket on one address.</summary>
    internal async Task<Socket> BindDatagramAsync(IPAddress address, int port, CancellationToken ct)
    {
        var socket = await CreateAsync(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp, ct);
        return Prepare(socket, s =>
        {
            s.SetReusePort();
            s.SetTransparent();
            s.SetFreebind();
            s.Bind(new IPEndPoint(address, port));
        });
    }

    private PodSocketStock Stock(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? _ipv6 : _ipv4;

    private static Socket Prepare(Socket socket, Action<Socket> prepare)
    {
        try
        {
            prepare(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
