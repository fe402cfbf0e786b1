using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Dns;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Transport;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Networking;

namespace NodeMesh.Local.Daemon;

/// <summary>Cluster DNS: one process, a listener on the same address in every node's namespace.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="settings">What was asked for: servers for names outside.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="zone">The names.</param>
/// <param name="broker">Makes sockets in namespaces.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class ClusterDns(
    MeshLayout layout, MeshSettings settings, IReadOnlyList<ClusterNode> nodes, IDnsZone zone, NetworkNamespaceBroker broker, TimeProvider time, ILoggerFactory log)
{
    private const int Port = 53;

    // Endpoints change within a second; answers must not outlive them by much.
    private const uint TimeToLive = 1;

    /// <summary>Answers until it is cancelled.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var resolver = new DnsResolver(zone, new DnsResolverOptions { ClusterDomain = ClusterNames.Domain, TimeToLive = TimeToLive, IsAuthority = true });
        var forwarder = new DnsForwarder([.. settings.UpstreamDns.Select(a => new IPEndPoint(IPAddress.Parse(a), Port))], MakeUpstreamSocket, new DnsForwarderOptions(), time);
        var service = new DnsService(resolver, forwarder, _ => new DnsClient("default"));
        var server = new DnsServer(service.HandleAsync, new DnsServerOptions(), time, log);
        var serving = new List<Task>();
        foreach (var node in nodes)
        {
            using var ns = NetworkNamespace.Open(node.NamespacePath(layout.Name));
            foreach (var address in new[] { AddressPlan.DnsV4, AddressPlan.DnsV6 })
            {
                var udp = await broker.CreateSocketAsync(ns, address.AddressFamily, SocketType.Dgram, ProtocolType.Udp, cancellationToken);
                udp.Bind(new IPEndPoint(address, Port));
                serving.Add(server.ServeUdpAsync(udp, cancellationToken));
                var tcp = await broker.CreateSocketAsync(ns, address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, cancellationToken);
                tcp.Bind(new IPEndPoint(address, Port));
                tcp.Listen();
                serving.Add(server.ServeTcpAsync(new SocketConnectionListener(tcp), cancellationToken));
            }
        }

        await Task.WhenAll(serving);
    }

    // Upstream is asked from the machine's own namespace: local meshes have no way out.
    private static ValueTask<Socket> MakeUpstreamSocket(AddressFamily family, DnsTransport transport, CancellationToken ct) =>
        ValueTask.FromResult(transport == DnsTransport.Udp
            ? new Socket(family, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(family, SocketType.Stream, ProtocolType.Tcp));
}
