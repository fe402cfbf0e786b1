using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Inbound;

namespace NodeMesh.Proxy.Pods;

/// <summary>Accepts the connections of a captured pod and hands each to its pipeline.</summary>
/// <param name="outbound">What the pod opens (15001).</param>
/// <param name="plaintext">What reaches the pod in the clear (15006).</param>
/// <param name="tunnels">What reaches the pod over HBONE (15008).</param>
/// <param name="tracker">Owns the connections' tasks.</param>
/// <param name="limits">The limits.</param>
internal sealed class PodServer(ConnectionDelegate outbound, PlaintextDelivery plaintext, TunnelService tunnels, ConnectionTracker tracker, ProxyLimits limits)
{
    /// <summary>Serves a pod.</summary>
    /// <param name="pod">The captured pod.</param>
    /// <param name="accepting">Stops accepting; connections go on.</param>
    /// <param name="closed">Cuts what has not been joined yet, and tunnels.</param>
    /// <returns>When nothing is accepted any more: told to stop, or a listener failed, with its error.</returns>
    public async Task ServeAsync(PodRuntime pod, CancellationToken accepting, CancellationToken closed)
    {
        var captured = pod.Captured ?? throw new InvalidOperationException("the pod is not captured");
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(accepting);
        Task[] listeners =
        [
            AcceptAsync(captured.Outbound, connection => ServeOutboundAsync(connection, pod), failed.Token),
            AcceptAsync(captured.InboundPlaintext, connection => plaintext.ServeAsync(connection, pod, closed), failed.Token),
            AcceptTunnelsAsync(captured.Hbone, (socket, ready) => tunnels.ServePodAsync(socket, pod, ready, closed), failed.Token),
        ];
        if ((await Task.WhenAny(listeners)).IsFaulted)
        {
            // A pod that is served in part would look healthy and lose calls: all or nothing.
            await failed.CancelAsync();
        }

        await Task.WhenAll(listeners);
    }

    /// <summary>Accepts until it is told to stop.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="serve">Serves one connection to its end.</param>
    /// <param name="accepting">Stops accepting.</param>
    /// <returns>When it has stopped.</returns>
    internal async Task AcceptAsync(IConnectionListener listener, Func<ConnectionContext, Task> serve, CancellationToken accepting)
    {
        try
        {
            while (await listener.AcceptAsync(accepting) is { } connection)
            {
                tracker.Start(connection, serve);
            }
        }
        catch (OperationCanceledException) when (accepting.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Accepts connections that begin with a handshake.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="serve">Serves one connection to its end, and calls the action once its handshake is over.</param>
    /// <param name="accepting">Stops accepting.</param>
    /// <returns>When it has stopped.</returns>
    internal Task AcceptTunnelsAsync(IConnectionListener listener, Func<Socket, Action, Task> serve, CancellationToken accepting) =>
        new TunnelAcceptor(limits.HandshakesPerListener, tracker).AcceptAsync(listener, serve, accepting);

    private Task ServeOutboundAsync(ConnectionContext connection, PodRuntime pod)
    {
        connection.Features.Set(pod);
        return outbound(connection);
    }
}
