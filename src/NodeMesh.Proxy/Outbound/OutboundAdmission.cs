using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>
/// The first step of a captured connection: who is it, and where was it going? Opens its record and, when everything after has ended, closes it. A step
/// that does not call the next one has refused the connection, which is then reset.
/// </summary>
/// <param name="registry">The live connections.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where faults are told.</param>
internal sealed partial class OutboundAdmission(ConnectionRegistry registry, ProxyLimits limits, TimeProvider time, ILogger<OutboundAdmission> log)
{
    /// <summary>Runs the step.</summary>
    /// <param name="connection">The accepted connection, with the pod as a feature.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <returns>When the connection has ended.</returns>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Identify(connection) is not { } mesh)
        {
            // Gone between accept and here.
            connection.Abort();
            await connection.DisposeAsync();
            return;
        }

        connection.Features.Set(mesh);
        registry.Register(mesh.Record);
        var entered = mesh.Pod.TryEnter(limits.ConnectionsPerPod);
        try
        {
            if (!entered)
            {
                mesh.End(ConnectionEndReason.QuotaExceeded, $"the pod has {limits.ConnectionsPerPod} connections open");
            }
            else if (mesh.Pod.Captured?.IsOwnListener(mesh.Record.Destination) != false)
            {
                mesh.End(ConnectionEndReason.SelfCall, $"{mesh.Record.Destination} is the proxy itself");
            }
            else
            {
                await next(connection);
            }
        }
        catch (OperationCanceledException)
        {
            mesh.End(ConnectionEndReason.ProxyShutdown, "the pod or the proxy went away before the connection was made");
        }
        catch (Exception e)
        {
            LogFault(e, mesh.Record.Source, mesh.Record.Destination);
            mesh.End(ConnectionEndReason.InternalError, e.Message);
        }
        finally
        {
            if (entered)
            {
                mesh.Pod.Exit();
            }

            await CloseAsync(connection, mesh);
        }
    }

    private MeshConnection? Identify(ConnectionContext connection)
    {
        if (connection.Features.Get<PodRuntime>() is not { Captured: { } captured } pod || connection.RemoteEndPoint is not IPEndPoint source)
        {
            return null;
        }

        try
        {
            var record = new ConnectionRecord
            {
                Id = registry.NextId(),
                Direction = ConnectionDirection.Outbound,
                Source = source,
                Destination = captured.GetOriginalDestination(connection),
                Started = time.GetUtcNow(),
                PodUid = pod.Pod.Uid,
            };
            return new MeshConnection(pod, record);
        }
        catch (CaptureException)
        {
            return null;
        }
    }

    private async ValueTask CloseAsync(ConnectionContext connection, MeshConnection mesh)
    {
        mesh.Lease?.Dispose();
        var reason = mesh.Reason == ConnectionEndReason.None ? ConnectionEndReason.InternalError : mesh.Reason;
        if (reason != ConnectionEndReason.Completed)
        {
            // A reset, not a FIN: the application must not take a refusal for an empty answer.
            var cause = new ConnectionAbortedException(mesh.Error ?? reason.ToString());
            connection.Abort(cause);
            mesh.Upstream?.Abort(cause);
        }

        await connection.DisposeAsync();
        if (mesh.Upstream is { } upstream)
        {
            await upstream.DisposeAsync();
        }

        mesh.OnEnded?.Invoke(reason, mesh.Error);
        registry.Closed(mesh.Record, reason, mesh.Error);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the connection from {Source} to {Destination} failed by a fault of the proxy")]
    private partial void LogFault(Exception exception, IPEndPoint source, IPEndPoint destination);
}
