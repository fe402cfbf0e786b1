using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>The last step: joins the accepted connection and the one onwards until both have ended.</summary>
/// <param name="registry">The live connections.</param>
/// <param name="heartbeat">Ends silent connections.</param>
/// <param name="kernel">Moves bytes between two applications of this node past the proxy, and between an application and the proxy past TCP; null where it is off.</param>
/// <param name="isProxied">True where every byte has to pass the proxy.</param>
internal sealed class ForwardingMiddleware(ConnectionRegistry registry, ForwardingHeartbeat heartbeat, KernelForwarding? kernel, bool isProxied = false)
{
    /// <summary>Runs the step.</summary>
    /// <param name="connection">The accepted connection, with a <see cref="MeshConnection"/> that has its upstream.</param>
    /// <returns>When both directions have ended.</returns>
    public Task InvokeAsync(ConnectionContext connection) =>
        JoinAsync(connection, connection.Features.Get<MeshConnection>() ?? throw new InvalidOperationException("no MeshConnection feature"));

    /// <summary>Joins two connections.</summary>
    /// <param name="client">Towards the client.</param>
    /// <param name="mesh">What is known of the connection; has its upstream.</param>
    /// <returns>When both directions have ended.</returns>
    public async Task JoinAsync(ConnectionContext client, MeshConnection mesh)
    {
        var upstream = mesh.Upstream ?? throw new InvalidOperationException("no upstream");
        using var kernelPair = TryPair(client, upstream, mesh);
        using var legs = kernelPair is null ? TryJoinLegs(client, upstream, mesh) : null;
        mesh.Record.Bytes.Kernel = kernelPair;
        mesh.Record.Bytes.Legs = legs;
        registry.Opened(mesh.Record);
        if (mesh.PeerRecord is { } peer)
        {
            registry.Opened(peer);
        }

        var pair = new ForwardedPair(client, upstream, mesh.Record.Bytes) { Keepalive = mesh.Keepalive, IdleLimit = mesh.IdleLimit, DurationLimit = mesh.DurationLimit };
        if (kernelPair is not null)
        {
            kernelPair.Unfit = error => pair.Abort(ConnectionEndReason.InternalError, error);
        }

        legs?.OnUnfit(error => pair.Abort(ConnectionEndReason.InternalError, error));
        mesh.Record.OnCloseRequested(pair.RequestedAbort(mesh.Record));
        mesh.PeerRecord?.OnCloseRequested(pair.RequestedAbort(mesh.PeerRecord));
        heartbeat.Add(pair);
        try
        {
            var (reason, error) = await pair.RunAsync();
            mesh.End(reason, error);
        }
        finally
        {
            heartbeat.Remove(pair);
        }
    }

    /// <summary>Both ends of a connection within the node may meet in the kernel: nothing on its way needs to read its bytes.</summary>
    private KernelPair? TryPair(ConnectionContext client, ConnectionContext upstream, MeshConnection mesh)
    {
        if (kernel is null || isProxied || mesh.PeerRecord is null || client is not SocketConnection accepted || upstream is not SocketConnection delivering)
        {
            return null;
        }

        try
        {
            var pair = kernel.Pair(accepted.Handle, mesh.Record.Destination, delivering.Handle);
            pair?.ClientEntering = accepted.ExpectMessages;
            pair?.ServerEntering = delivering.ExpectMessages;
            return pair;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset meanwhile: the copy loops find out.
            return null;
        }
    }

    /// <summary>Whichever end is an application of this node may meet the proxy's own end in the kernel.</summary>
    private KernelLegs? TryJoinLegs(ConnectionContext client, ConnectionContext upstream, MeshConnection mesh)
    {
        if (kernel is null)
        {
            return null;
        }

        KernelPair? clientLeg = null;
        KernelPair? serverLeg = null;
        var isOutbound = mesh.Record.Direction == ConnectionDirection.Outbound;
        if (isOutbound && client is SocketConnection accepted)
        {
            clientLeg = kernel.ClientLeg(accepted.Handle, mesh.Record.Destination);
            clientLeg.ClientEntering = accepted.ExpectMessages;
        }

        if ((!isOutbound || mesh.PeerRecord is not null) && upstream is SocketConnection delivering)
        {
            serverLeg = kernel.ServerLeg(delivering.Handle);
            serverLeg.ServerEntering = delivering.ExpectMessages;
        }

        return clientLeg is null && serverLeg is null ? null : new KernelLegs(clientLeg, serverLeg);
    }
}
