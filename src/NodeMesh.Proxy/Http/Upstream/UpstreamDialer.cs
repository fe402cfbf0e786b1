using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Outbound;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Makes the connections that requests leave by: through the same connector as every other connection, in the name of the pod that sends them.</summary>
/// <param name="connector">Carries decisions out.</param>
/// <param name="registry">The live connections: policies and operators can end these as well.</param>
/// <param name="legs">Joins them with applications of this node past TCP.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where faults are told.</param>
internal sealed partial class UpstreamDialer(OutboundConnector connector, ConnectionRegistry registry, RequestLegs legs, TimeProvider time, ILogger<UpstreamDialer> log)
{
    /// <summary>Connects.</summary>
    /// <param name="pod">The pod whose requests will use the connection.</param>
    /// <param name="target">Where to.</param>
    /// <param name="source">The client's address and port, one of the pod's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, with its upstream; to be given to <see cref="Close"/>.</returns>
    /// <exception cref="UpstreamConnectException">There is no way.</exception>
    public async ValueTask<MeshConnection> DialAsync(PodRuntime pod, UpstreamTarget target, IPEndPoint source, CancellationToken cancellationToken)
    {
        var decision = target.Decision;
        var record = new ConnectionRecord
        {
            Id = registry.NextId(),
            Direction = ConnectionDirection.Outbound,
            Source = source,
            Destination = decision.Endpoint ?? new IPEndPoint(IPAddress.Any, decision.HostnamePort),
            Started = time.GetUtcNow(),
            PodUid = pod.Pod.Uid,
            CarriesRequests = true,
        };
        var mesh = new MeshConnection(pod, record) { Keepalive = target.Limits?.Keepalive };
        registry.Register(record);
        try
        {
            var attempt = await connector.ConnectAsync(mesh, decision, cancellationToken);
            if (attempt.Upstream is not { } upstream)
            {
                throw new UpstreamConnectException(attempt.Reason, attempt.Error ?? "the connection could not be made");
            }

            mesh.Upstream = upstream;
            if (mesh.Keepalive is { } keepalive)
            {
                KeepaliveOption.Set(upstream, keepalive);
            }

            Open(mesh, upstream);
            return mesh;
        }
        catch (Exception e)
        {
            mesh.End(e is UpstreamConnectException failed ? failed.Reason : ConnectionEndReason.ConnectFailed, e.Message);
            await CloseAsync(mesh);
            throw;
        }
    }

    private void Open(MeshConnection mesh, ConnectionContext upstream)
    {
        legs.JoinServer(upstream, mesh, error => Abort(ConnectionEndReason.InternalError, error));
        registry.Opened(mesh.Record);
        mesh.Record.OnCloseRequested(() => Requested(mesh.Record));
        if (mesh.PeerRecord is { } peer)
        {
            registry.Opened(peer);
            peer.OnCloseRequested(() => Requested(peer));
        }

        void Requested(ConnectionRecord record) => Abort(record.CloseReason, record.DescribeClose());

        void Abort(ConnectionEndReason reason, string error)
        {
            mesh.End(reason, error);
            upstream.Abort(new ConnectionAbortedException(error));
        }
    }

    /// <summary>Ends a connection, in order where nothing is under way on it.</summary>
    /// <param name="mesh">The connection.</param>
    public void Close(MeshConnection mesh)
    {
        mesh.End(ConnectionEndReason.Completed, null);
        _ = CloseLoggedAsync(mesh);
    }

    private async Task CloseLoggedAsync(MeshConnection mesh)
    {
        try
        {
            await CloseAsync(mesh);
        }
        catch (Exception e)
        {
            LogFault(e, mesh.Record.Destination);
        }
    }

    private async ValueTask CloseAsync(MeshConnection mesh)
    {
        if (mesh.Upstream is { } upstream)
        {
            if (mesh.Reason == ConnectionEndReason.Completed)
            {
                await CompleteAsync(upstream);
            }

            await upstream.DisposeAsync();
            legs.End(mesh);
        }

        mesh.OnEnded?.Invoke(mesh.Reason, mesh.Error);
        registry.Closed(mesh.Record, mesh.Reason, mesh.Error);
    }

    /// <summary>An idle connection that is let go ends in order, with a FIN.</summary>
    private static async ValueTask CompleteAsync(ConnectionContext upstream)
    {
        try
        {
            await upstream.Transport.Output.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The other end was faster, or a cancelled send aborted it.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a connection for requests to {Destination} could not be closed in order")]
    private partial void LogFault(Exception exception, IPEndPoint destination);
}
