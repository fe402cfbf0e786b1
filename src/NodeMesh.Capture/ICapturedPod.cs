using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>
/// A captured pod: the sockets in its network namespace that its traffic arrives on. Disposing closes them and leaves the capture itself in place, so that
/// the pod's traffic fails, rather than escapes, while no proxy is there; <see cref="ICapture.ReleaseAsync"/> removes it.
/// </summary>
public interface ICapturedPod : IAsyncDisposable
{
    /// <summary>The pod.</summary>
    PodEnrollment Pod { get; }

    /// <summary>Its network namespace, held open.</summary>
    NetworkNamespace Namespace { get; }

    /// <summary>What is not captured.</summary>
    CaptureExclusions Exclusions { get; }

    /// <summary>How applications' ends of connections are named in their own sockets; null where the proxy's names are theirs.</summary>
    IApplicationEnds? Ends { get; }

    /// <summary>Connections that the pod opens (15001). They are <c>SocketConnection</c>s, as are all below.</summary>
    IConnectionListener Outbound { get; }

    /// <summary>Plaintext connections to the pod (15006).</summary>
    IConnectionListener InboundPlaintext { get; }

    /// <summary>HBONE connections to the pod's own address (15008).</summary>
    IConnectionListener Hbone { get; }

    /// <summary>Captured DNS over TCP (15053).</summary>
    IConnectionListener DnsTcp { get; }

    /// <summary>
    /// Captured DNS over UDP: sockets of each address family, the first bound to that family's loopback address, all to port 15053. Answer on the socket that the
    /// question came by: its address is the one that capture maps back to the server the pod asked.
    /// </summary>
    ImmutableArray<Socket> DnsUdp { get; }

    /// <summary>Where an accepted connection was going.</summary>
    /// <param name="accepted">A connection of one of the listeners.</param>
    /// <returns>The original destination; the local address for a connection that was not redirected but made to the listener itself.</returns>
    /// <exception cref="CaptureException">The connection is gone, or is no socket.</exception>
    IPEndPoint GetOriginalDestination(ConnectionContext accepted);

    /// <summary>Tells whether a destination is one of the proxy's own listeners in this pod: forwarding there would come back for ever, so the proxy must refuse it.</summary>
    /// <param name="destination">The original destination.</param>
    /// <returns>True for a listener's port on loopback, the unspecified address or the pod's own address.</returns>
    bool IsOwnListener(IPEndPoint destination);

    /// <summary>Waits for a change in the pod's namespace that capture rests on, and that <see cref="ICapture.RepairAsync"/> is to look at. One waiter.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>When there was one since the last wait; never, where the kernel does not tell of them.</returns>
    Task ChangedAsync(CancellationToken ct);

    /// <summary>Makes a socket for connecting from the pod's namespace, with the mark that exempts it from capture.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>A TCP socket of the base library's, not bound, not connected.</returns>
    Task<Socket> CreateSocketAsync(AddressFamily family, CancellationToken ct);

    /// <summary>The same for what is connected often: taken from a stock, with no thread to wait for.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>A TCP socket, non-blocking, not bound, not connected. For a client's address as source there is <see cref="OpenSocketFromAsync"/>.</returns>
    ValueTask<SocketDescriptor> OpenSocketAsync(AddressFamily family, CancellationToken ct);

    /// <summary>Makes a socket for connecting as if from another address: the application at the far end, inside this pod, sees that address.</summary>
    /// <param name="source">The client's address; the port is chosen here or by the kernel. A connect that fails for want of the address can be tried again with another socket.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>A TCP socket, non-blocking, marked and bound, not connected.</returns>
    ValueTask<SocketDescriptor> OpenSocketFromAsync(IPAddress source, CancellationToken ct);

    /// <summary>Makes a UDP socket in the pod's namespace, marked, for passing a DNS question on.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>A UDP socket, not bound.</returns>
    Task<Socket> CreateDatagramSocketAsync(AddressFamily family, CancellationToken ct);
}
