using System.Net;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Inbound;

/// <summary>Serves connections that arrive for a pod in the clear (15006): no identity, so STRICT refuses them.</summary>
/// <param name="delivery">The way to the application.</param>
/// <param name="forwarding">Joins the two connections.</param>
/// <param name="time">The clock.</param>
internal sealed class PlaintextDelivery(InboundDelivery delivery, ForwardingMiddleware forwarding, TimeProvider time)
{
    /// <summary>Serves one connection.</summary>
    /// <param name="connection">The accepted connection.</param>
    /// <param name="pod">The pod that it arrived for.</param>
    /// <param name="cancellationToken">Gives up before it is joined.</param>
    /// <returns>When it has ended.</returns>
    public async Task ServeAsync(ConnectionContext connection, PodRuntime pod, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        if (pod.Captured is not { } captured || connection.RemoteEndPoint is not IPEndPoint source)
        {
            connection.Abort();
            await connection.DisposeAsync();
            return;
        }

        IPEndPoint destination;
        try
        {
            destination = captured.GetOriginalDestination(connection);
        }
        catch (CaptureException)
        {
            // Gone between accept and here.
            await connection.DisposeAsync();
            return;
        }

        var request = new DeliveryRequest(pod, destination, source, null, ConnectionSecurity.Plaintext, started);
        Delivery result;
        try
        {
            result = await delivery.ConnectAsync(request, cancellationToken);
        }
        catch
        {
            connection.Abort();
            await connection.DisposeAsync();
            throw;
        }

        if (result.Application is null)
        {
            delivery.Close(result, request, result.Reason, result.Error);
            connection.Abort(new ConnectionAbortedException(result.Error ?? "refused"));
            await connection.DisposeAsync();
            return;
        }

        var mesh = new MeshConnection(pod, result.Record) { Upstream = result.Application };
        try
        {
            await forwarding.JoinAsync(connection, mesh);
        }
        finally
        {
            delivery.Close(result, request, mesh.Reason == ConnectionEndReason.None ? ConnectionEndReason.InternalError : mesh.Reason, mesh.Error);
        }
    }
}
