using System.Collections.Immutable;
using System.Net;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;

namespace NodeMesh.Capture.Ebpf;

/// <summary>
/// Gives outbound connections the pod's address as their source where the kernel says loopback: the hook binds a socket that has no address to the pod's,
/// but cannot change one that the application bound to a port alone.
/// </summary>
/// <param name="pod">The pod.</param>
internal sealed class OutboundSource(PodEnrollment pod)
{
    private readonly ImmutableArray<IPAddress> _addresses = pod.ParseAddresses();

    /// <summary>Puts the source right.</summary>
    /// <param name="connection">A connection that the pod opened.</param>
    internal void Restore(SocketConnection connection)
    {
        if (connection.RemoteEndPoint is IPEndPoint source
            && IPAddress.IsLoopback(source.Address)
            && _addresses.FirstOrDefault(a => a.AddressFamily == source.AddressFamily) is { } address)
        {
            connection.RemoteEndPoint = new IPEndPoint(address, source.Port);
        }
    }
}
