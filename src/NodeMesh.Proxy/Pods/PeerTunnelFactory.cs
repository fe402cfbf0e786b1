using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Identity;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Pods;

/// <summary>Makes the pools of tunnels: one for other nodes, dialled from this node, and one per pod for plain ambient peers, dialled from the pod's namespace.</summary>
/// <param name="certificates">Where client certificates come from.</param>
/// <param name="options">The tunnels' options.</param>
/// <param name="configuration">The proxy's configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class PeerTunnelFactory(ICertificateSource certificates, TunnelOptions options, ProxyConfiguration configuration, TimeProvider time, ILoggerFactory log)
{
    /// <summary>Makes a pod's pool.</summary>
    /// <param name="pod">The captured pod.</param>
    /// <returns>The pool.</returns>
    public TunnelPool Create(ICapturedPod pod) =>
        new(certificates, async (endpoint, ct) => await DialAsync(await pod.CreateSocketAsync(endpoint.AddressFamily, ct), endpoint, ct), options, time, log);

    /// <summary>Makes the pool for other nodes.</summary>
    /// <returns>The pool.</returns>
    public TunnelPool CreateForNodes() => new(certificates, (endpoint, ct) => DialAsync(NodeSocket(endpoint.AddressFamily), endpoint, ct), options, time, log);

    /// <summary>Bound to the node's own address: the far end believes what a tunnel says of its clients only when the tunnel comes from their node.</summary>
    private Socket NodeSocket(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (configuration.NodeAddresses.FirstOrDefault(a => a.AddressFamily == family) is { } own)
        {
            socket.Bind(new IPEndPoint(own, 0));
        }

        return socket;
    }

    private ValueTask<Socket> DialAsync(Socket socket, IPEndPoint endpoint, CancellationToken cancellationToken) =>
        SocketDialer.ConnectSocketAsync(socket, endpoint, configuration.Limits.ConnectTimeout, time, cancellationToken);
}
