using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>The listeners of one pod, opened and closed together.</summary>
internal sealed class PodListeners : IAsyncDisposable
{
    /// <summary>Connections that may wait to be accepted; the kernel bounds it by <c>net.core.somaxconn</c> (4096).</summary>
    private const int Backlog = 1024;

    private readonly List<IConnectionListener> _listeners = [];

    private PodListeners()
    {
    }

    internal IConnectionListener Outbound { get; private set; } = null!;

    internal IConnectionListener InboundPlaintext { get; private set; } = null!;

    internal IConnectionListener Hbone { get; private set; } = null!;

    internal IConnectionListener DnsTcp { get; private set; } = null!;

    internal ImmutableArray<Socket> DnsUdp { get; private set; } = [];

    /// <summary>The socket behind <see cref="Outbound"/>.</summary>
    internal Socket OutboundSocket { get; private set; } = null!;

    /// <summary>The socket behind <see cref="InboundPlaintext"/>.</summary>
    internal Socket InboundSocket { get; private set; } = null!;

    /// <summary>Opens all of them, or none.</summary>
    /// <param name="factory">Makes the sockets.</param>
    /// <param name="hasIpv6">False where the kernel runs without IPv6.</param>
    /// <param name="outgoing">Sees each connection of the pod, before who accepts it.</param>
    /// <param name="incoming">Sees each plaintext connection to the pod, before who accepts it.</param>
    /// <param name="dnsAliases">Addresses beside loopback at which DNS is asked.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<PodListeners> OpenAsync(
        PodSocketFactory factory, bool hasIpv6, Action<SocketConnection>? outgoing, Action<SocketConnection>? incoming, ImmutableArray<IPAddress> dnsAliases, CancellationToken ct)
    {
        var listeners = new PodListeners();
        try
        {
            (listeners.OutboundSocket, listeners.Outbound) = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.Outbound, outgoing, ct);
            (listeners.InboundSocket, listeners.InboundPlaintext) = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.InboundPlaintext, incoming, ct);
            (_, listeners.Hbone) = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.Hbone, null, ct);
            (_, listeners.DnsTcp) = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.Dns, outgoing, ct);
            // REDIRECT sends a local packet to the loopback address; an answer from the unspecified address would leave from the pod's own, which no question was sent to.
            foreach (var address in ((IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, .. dnsAliases]).Where(a => hasIpv6 || a.AddressFamily == AddressFamily.InterNetwork))
            {
                var socket = await factory.BindDatagramAsync(address, MeshPorts.Dns, ct);
                listeners.DnsUdp = listeners.DnsUdp.Add(socket);
            }

            return listeners;
        }
        catch
        {
            await listeners.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        foreach (var socket in DnsUdp)
        {
            socket.Dispose();
        }
    }

    private async Task<(Socket Socket, IConnectionListener Listener)> ListenAsync(
        PodSocketFactory factory, bool hasIpv6, int port, Action<SocketConnection>? accepted, CancellationToken ct)
    {
        var socket = await factory.ListenAsync(hasIpv6, port, Backlog, ct);
        var listener = new SocketConnectionListener(socket, PooledSegments.Shared, TimeProvider.System, accepted);
        _listeners.Add(listener);
        return (socket, listener);
    }
}
