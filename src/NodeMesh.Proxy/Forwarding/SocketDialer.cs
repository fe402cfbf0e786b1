using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>Connects sockets with a time limit.</summary>
internal static class SocketDialer
{
    /// <summary>Connects.</summary>
    /// <param name="socket">A socket that is not connected; closed on failure.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    /// <exception cref="TimeoutException">It took too long; the text names what usually is in the way.</exception>
    public static ValueTask<SocketConnection> ConnectAsync(SocketDescriptor socket, IPEndPoint destination, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            return ValueTask.FromCanceled<SocketConnection>(cancellationToken);
        }

        // An application of this node has answered by now: no timer and no wait then.
        return SocketConnector.TryConnect(socket, destination) is { } connected
            ? ValueTask.FromResult(connected)
            : LimitAsync(ct => SocketConnector.FinishAsync(socket, destination, ct), destination, limit, time, cancellationToken);
    }

    /// <summary>Connects a socket without wrapping it.</summary>
    /// <param name="socket">A socket that is not connected; taken over, closed on failure.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connected socket.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public static ValueTask<Socket> ConnectSocketAsync(Socket socket, IPEndPoint destination, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        LimitAsync(ct => SocketConnector.ConnectAsync(socket, destination, ct), destination, limit, time, cancellationToken);

    private static async ValueTask<T> LimitAsync<T>(
        Func<CancellationToken, ValueTask<T>> connect, IPEndPoint destination, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await connect(both.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer from {destination} within {limit.TotalSeconds:0} s; a NetworkPolicy or firewall may drop the packets");
        }
    }
}
