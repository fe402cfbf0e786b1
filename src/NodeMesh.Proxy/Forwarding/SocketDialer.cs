using System.Net;
using System.Net.Sockets;
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
    public static async ValueTask<SocketConnection> ConnectAsync(Socket socket, IPEndPoint destination, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var connected = await ConnectSocketAsync(socket, destination, limit, time, cancellationToken);
        try
        {
            return new SocketConnection(connected);
        }
        catch
        {
            // Reset between connect and getpeername.
            connected.Dispose();
            throw;
        }
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
    public static async ValueTask<Socket> ConnectSocketAsync(Socket socket, IPEndPoint destination, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await SocketConnector.ConnectAsync(socket, destination, both.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer from {destination} within {limit.TotalSeconds:0} s; a NetworkPolicy or firewall may drop the packets");
        }
    }
}
