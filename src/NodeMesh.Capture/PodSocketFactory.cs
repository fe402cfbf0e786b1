using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture;

/// <summary>Makes the proxy's sockets in one pod's namespace: each carries the mark that exempts it from capture.</summary>
/// <param name="broker">Makes sockets in namespaces.</param>
/// <param name="ns">The pod's.</param>
/// <param name="ports">Chooses the ports of deliveries; null where the kernel may.</param>
internal sealed class PodSocketFactory(NetworkNamespaceBroker broker, NetworkNamespace ns, DeliveryPorts? ports = null)
{
    internal async Task<Socket> CreateAsync(AddressFamily family, SocketType type, ProtocolType protocol, CancellationToken ct)
    {
        var socket = await broker.CreateSocketAsync(ns, family, type, protocol, ct);
        return Prepare(socket, static s => s.SetMark(CaptureMarks.Proxy));
    }

    internal async Task<Socket> CreateFromAsync(IPAddress source, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(source);
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        var socket = await CreateAsync(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, ct);
        return Prepare(socket, s =>
        {
            s.SetTransparent();
            s.SetFreebind();
            s.SetMark(CaptureMarks.Delivery);
            if (ports is not null)
            {
                ports.Bind(s, address);
                return;
            }

            // The port is chosen at connect, when the whole 4-tuple is known: else 28,000 connections of one client would be the end.
            s.SetBindAddressNoPort();
            s.Bind(new IPEndPoint(address, 0));
        });
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
