using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>
/// Joins the proxy's ends of connections that carry requests with the applications of this node that they lead to, past TCP: the proxy reads every byte, and
/// the kernel's TCP is most of what passing it on costs.
/// </summary>
/// <param name="kernel">Moves messages; null where it is off.</param>
/// <param name="heartbeat">Looks after legs.</param>
internal sealed class RequestLegs(KernelForwarding? kernel, ForwardingHeartbeat heartbeat)
{
    /// <summary>Joins a client's application, where the client's connection is a plain one.</summary>
    /// <param name="client">The captured connection.</param>
    /// <param name="mesh">What is known of it.</param>
    /// <param name="unfit">Told why the connection cannot go on.</param>
    public void JoinClient(ConnectionContext client, MeshConnection mesh, Action<string> unfit)
    {
        if (kernel is not null && client is SocketConnection accepted)
        {
            var leg = kernel.ClientLeg(accepted.Handle, mesh.Record.Destination);
            leg.ClientEntering = accepted.ExpectMessages;
            Begin(new KernelLegs(leg, null), mesh, unfit);
        }
    }

    /// <summary>Joins a server's application, where the connection is a plain one to a pod of this node.</summary>
    /// <param name="upstream">The connection to it.</param>
    /// <param name="mesh">What is known of it.</param>
    /// <param name="unfit">Told why the connection cannot go on.</param>
    public void JoinServer(ConnectionContext upstream, MeshConnection mesh, Action<string> unfit)
    {
        if (kernel is not null && mesh.PeerRecord is not null && upstream is SocketConnection delivering)
        {
            var leg = kernel.ServerLeg(delivering.Handle);
            leg.ServerEntering = delivering.ExpectMessages;
            Begin(new KernelLegs(null, leg), mesh, unfit);
        }
    }

    /// <summary>Ends what was joined, if anything was; once the connection has ended.</summary>
    /// <param name="mesh">What is known of the connection.</param>
    public void End(MeshConnection mesh)
    {
        if (mesh.Record.Bytes.Legs is { } legs)
        {
            heartbeat.Remove(legs);
            legs.Dispose();
        }
    }

    private void Begin(KernelLegs legs, MeshConnection mesh, Action<string> unfit)
    {
        legs.OnUnfit(unfit);
        mesh.Record.Bytes.Legs = legs;
        heartbeat.Add(legs);
    }
}
