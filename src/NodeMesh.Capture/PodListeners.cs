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

    private readonly List<Socket> _sockets = [];

    private PodListeners()
    {
    }

    internal IConnectionListener Outbound { get; private set; } = null!;

    internal IConnectionListener InboundPlaintext { get; private set; } = null!;

    internal IConnectionListener Hbone { get; private set; } = null!;

    internal IConnectionListener DnsTcp { get; private set; } = null!;

    internal ImmutableArray<Socket> DnsUdp { get; private set; } = [];

    /// <summary>Opens all of them, or none.</summary>
    internal static async Task<PodListeners> OpenAsync(PodSocketFactory factory, bool hasIpv6, CancellationToken ct)
    {
        var listeners = new PodListeners();
        try
        {
            listeners.Outbound = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.Outbound, ct);
            listeners.InboundPlaintext = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.InboundPlaintext, ct);
            listeners.Hbone = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.Hbone, ct);
            listeners.DnsTcp = await listeners.ListenAsync(factory, hasIpv6, MeshPorts.Dns, ct);
            // REDIRECT sends a local packet to the loopback address; an answer from the unspecified address would leave from the pod's own, which no question was sent to.
            foreach (var address in hasIpv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : (IPAddress[])[IPAddress.Loopback])
            {
                var socket = await factory.BindDatagramAsync(address, MeshPorts.Dns, ct);
                listeners._sockets.Add(socket);
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

    public ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<IConnectionListener> ListenAsync(PodSocketFactory factory, bool hasIpv6, int port, CancellationToken ct)
    {
        var socket = await factory.ListenAsync(hasIpv6, port, Backlog, ct);
        _sockets.Add(socket);
        return new SocketConnectionListener(socket);
    }
}
