using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Capture.Iptables;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Netlink;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>A captured pod, whichever way it was captured.</summary>
/// <param name="pod">The pod.</param>
/// <param name="ns">Its network namespace.</param>
/// <param name="exclusions">What is not captured.</param>
/// <param name="listeners">Its listeners.</param>
/// <param name="sockets">Makes sockets in it.</param>
/// <param name="findDestination">Where the way of capture keeps original destinations; it knows none for a connection that was not redirected.</param>
internal sealed class CapturedPod(
    PodEnrollment pod, NetworkNamespace ns, CaptureExclusions exclusions, PodListeners listeners, PodSocketFactory sockets, Func<SocketConnection, IPEndPoint?> findDestination) : ICapturedPod
{
    private readonly ImmutableArray<IPAddress> _addresses = pod.ParseAddresses();
    private int _isDisposed;

    public PodEnrollment Pod => pod;

    /// <summary>The namespace's number for programs; 0 where the way of capture has no use for it.</summary>
    internal ulong NamespaceCookie { get; init; }

    /// <summary>Connection tracking of the namespace; null where nobody asks it.</summary>
    internal ConnectionTracking? Tracking { get; init; }

    /// <summary>Tells of changes that capture rests on; null where nobody does.</summary>
    internal NetlinkWatch? Changes { get; init; }

    public IApplicationEnds? Ends => Tracking is null ? null : new TrackedEnds(Tracking);

    public NetworkNamespace Namespace => ns;

    public CaptureExclusions Exclusions => exclusions;

    public IConnectionListener Outbound => listeners.Outbound;

    public IConnectionListener InboundPlaintext => listeners.InboundPlaintext;

    public IConnectionListener Hbone => listeners.Hbone;

    public IConnectionListener DnsTcp => listeners.DnsTcp;

    public ImmutableArray<Socket> DnsUdp => listeners.DnsUdp;

    public IPEndPoint GetOriginalDestination(ConnectionContext accepted)
    {
        if (accepted is not SocketConnection connection)
        {
            throw new CaptureException($"pod {pod.Namespace}/{pod.Name}: {accepted?.GetType().Name ?? "null"} is not a connection of its listeners");
        }

        try
        {
            if (findDestination(connection) is { } redirected)
            {
                return redirected;
            }
        }
        catch (ObjectDisposedException e)
        {
            throw new CaptureException($"pod {pod.Namespace}/{pod.Name}: {connection} is closed", e);
        }

        // Not redirected: the local address is what the client dialled, be it the listener itself.
        return connection.LocalEndPoint as IPEndPoint ?? throw new CaptureException($"pod {pod.Namespace}/{pod.Name}: {connection} has no local address any more");
    }

    public bool IsOwnListener(IPEndPoint destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Port is not (MeshPorts.Outbound or MeshPorts.InboundPlaintext or MeshPorts.Hbone or MeshPorts.Dns))
        {
            return false;
        }

        var address = destination.Address.IsIPv4MappedToIPv6 ? destination.Address.MapToIPv4() : destination.Address;
        return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || _addresses.Contains(address);
    }

    public async Task ChangedAsync(CancellationToken ct)
    {
        if (Changes is not { } changes)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return;
        }

        await using var registration = ct.UnsafeRegister(static watch => ((NetlinkWatch)watch!).Wake(), changes);
        await changes.WaitAsync();
        ct.ThrowIfCancellationRequested();
    }

    public Task<Socket> CreateSocketAsync(AddressFamily family, CancellationToken ct) => sockets.CreateAsync(family, SocketType.Stream, ProtocolType.Tcp, ct);

    public ValueTask<SocketDescriptor> OpenSocketAsync(AddressFamily family, CancellationToken ct) => sockets.OpenAsync(family, ct);

    public ValueTask<SocketDescriptor> OpenSocketFromAsync(IPAddress source, CancellationToken ct) => sockets.OpenFromAsync(source, ct);

    public Task<Socket> CreateDatagramSocketAsync(AddressFamily family, CancellationToken ct) => sockets.CreateAsync(family, SocketType.Dgram, ProtocolType.Udp, ct);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await listeners.DisposeAsync();
        Tracking?.Dispose();
        Changes?.Dispose();
        sockets.Dispose();
        ns.Dispose();
    }
}
