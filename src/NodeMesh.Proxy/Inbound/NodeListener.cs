using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Inbound;

/// <summary>Listens on port 15008 of the node's own addresses, where shared tunnels end.</summary>
internal sealed class NodeListener : IAsyncDisposable
{
    private const int Backlog = 1024;

    private readonly List<SocketConnectionListener> _listeners = [];

    /// <summary>The listeners.</summary>
    public IReadOnlyList<SocketConnectionListener> Listeners => _listeners;

    /// <summary>Opens the listeners.</summary>
    /// <param name="addresses">The node's addresses.</param>
    /// <exception cref="IOException">An address is not this node's, or its port is taken; the message says which and what mends it.</exception>
    public void Open(IEnumerable<IPAddress> addresses)
    {
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (address.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    socket.DualMode = false;
                }

                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.SetReusePort();
                socket.Bind(new IPEndPoint(address, MeshPorts.Hbone));
                socket.Listen(Backlog);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw new IOException($"nodeAddresses: cannot listen on {new IPEndPoint(address, MeshPorts.Hbone)}: {e.Message}; the address must be this node's own, and no other program may hold the port", e);
            }

            _listeners.Add(new SocketConnectionListener(socket));
        }
    }

    /// <summary>Serves tunnels.</summary>
    /// <param name="server">Accepts.</param>
    /// <param name="tunnels">Serves them.</param>
    /// <param name="accepting">Stops accepting.</param>
    /// <param name="closed">Cuts the tunnels.</param>
    /// <returns>When nothing is accepted any more.</returns>
    public Task ServeAsync(PodServer server, TunnelService tunnels, CancellationToken accepting, CancellationToken closed) =>
        Task.WhenAll(_listeners.Select(l => server.AcceptTunnelsAsync(l, (socket, ready) => tunnels.ServeNodeAsync(socket, ready, closed), accepting)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }
}
