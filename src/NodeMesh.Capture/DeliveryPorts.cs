using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Capture;

/// <summary>
/// Chooses the port that a delivery comes from, where the client's own connection ends in the pod's namespace with its true addresses. The two must never
/// get the same name (client's address and port, pod's address and port): packets of one would reach the other. So deliveries come from ports below those
/// that kernels give to clients (<c>ip_local_port_range</c> begins at 32768), and not from one that a live connection of that client has all the same.
/// A client with another range may still choose the port of a live delivery: each is then bound to the device that it comes by.
/// </summary>
internal sealed class DeliveryPorts
{
    /// <summary>Above what servers listen on, so that an application's log does not read as if a known service called.</summary>
    internal const int First = 10_240;

    /// <summary>The last port below the usual ephemeral range.</summary>
    internal const int Last = 32_767;

    private const int Count = Last - First + 1;

    /// <summary>Every network namespace has its loopback device first.</summary>
    private const int LoopbackIndex = 1;

    private readonly ConcurrentDictionary<IPEndPoint, int> _clients = new();
    private uint _next;

    /// <summary>Begins anywhere: deliveries of a proxy that was here before may live on.</summary>
    internal DeliveryPorts()
        : this(First + RandomNumberGenerator.GetInt32(Count))
    {
    }

    /// <summary>Begins after a port.</summary>
    /// <param name="last">The port that counts as the last one given.</param>
    internal DeliveryPorts(int last) => _next = (uint)(last - First);

    /// <summary>The pod's own addresses.</summary>
    internal IReadOnlySet<IPAddress> OwnAddresses { get; set; } = new HashSet<IPAddress>();

    /// <summary>The pod's one device beside loopback; 0 when it has several, of which answers may take another than questions.</summary>
    internal int Device { get; set; }

    /// <summary>Remembers a client whose port is in the way, for as long as its connection lives.</summary>
    /// <param name="connection">A captured connection.</param>
    internal void Watch(SocketConnection connection)
    {
        if (connection.RemoteEndPoint is IPEndPoint { Port: >= First and <= Last } client)
        {
            if (Device != 0)
            {
                connection.Handle.SetInterface(Device);
            }

            _clients.AddOrUpdate(client, 1, static (_, count) => count + 1);
            connection.ConnectionClosed.UnsafeRegister(
                static (state, _) =>
                {
                    var (ports, client) = ((DeliveryPorts, IPEndPoint))state!;
                    ports.Forget(client);
                },
                (this, client));
        }
    }

    /// <summary>Binds a socket to a client's address and the next port that is free.</summary>
    /// <param name="socket">A transparent socket, not bound.</param>
    /// <param name="address">The client's address.</param>
    /// <exception cref="SocketException">No port is free.</exception>
    internal void Bind(SafeHandle socket, IPAddress address)
    {
        if (!OwnAddresses.Contains(address))
        {
            // Packets to an address of the pod count as come by the device that it belongs to, even over loopback, unless they are sent by loopback
            // explicitly. By that the inbound program tells a delivery. An address of the pod's own as source it knows itself.
            socket.SetInterface(LoopbackIndex);
        }

        // Deliveries of one client to different ports of the pod may share one; and one in TIME_WAIT may be used again.
        socket.SetReuseAddress();
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var source = new IPEndPoint(address, First + (int)(Interlocked.Increment(ref _next) % Count));
            if (_clients.ContainsKey(source))
            {
                continue;
            }

            try
            {
                socket.Bind(source);
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The address is the pod's own, and an application listens there.
            }
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse, $"no port from {First} to {Last} of {address} is free");
    }

    private void Forget(IPEndPoint client)
    {
        while (_clients.TryGetValue(client, out var count))
        {
            if (count > 1 ? _clients.TryUpdate(client, count - 1, count) : _clients.TryRemove(new KeyValuePair<IPEndPoint, int>(client, count)))
            {
                return;
            }
        }
    }
}
