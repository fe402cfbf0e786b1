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
        try
        {
            await ConnectSocketAsync(socket, destination, limit, time, cancellationToken);
            return new SocketConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects a socket without wrapping it; the caller closes it on failure.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is connected.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public static async ValueTask ConnectSocketAsync(Socket socket, IPEndPoint destination, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(destination, both.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer from {destination} within {limit.TotalSeconds:0} s; a NetworkPolicy or firewall may drop the packets");
        }
    }
}
