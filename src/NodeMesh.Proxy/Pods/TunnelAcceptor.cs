using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Proxy.Pods;

/// <summary>
/// Accepts connections whose first step is a handshake, and bounds how many handshakes are under way on one listener: each costs processor time and memory
/// for a peer that has not shown who it is. The others wait in the kernel's queue.
/// </summary>
/// <param name="limit">How many at once.</param>
/// <param name="tracker">Owns the connections' tasks.</param>
internal sealed class TunnelAcceptor(int limit, ConnectionTracker tracker)
{
    /// <summary>Accepts until it is told to stop.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="serve">Serves one connection to its end, and calls the action once its handshake is over.</param>
    /// <param name="accepting">Stops accepting.</param>
    /// <returns>When it has stopped.</returns>
    public async Task AcceptAsync(IConnectionListener listener, Func<Socket, Action, Task> serve, CancellationToken accepting)
    {
        // A handshake is in it while it takes a place; those that outlive the loop still give theirs back.
        var places = Channel.CreateBounded<bool>(limit);
        try
        {
            while (true)
            {
                await places.Writer.WriteAsync(true, accepting);
                if (await listener.AcceptAsync(accepting) is not { } connection)
                {
                    return;
                }

                tracker.Start(() => ServeAsync(connection, serve, places));
            }
        }
        catch (OperationCanceledException) when (accepting.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private static async Task ServeAsync(ConnectionContext connection, Func<Socket, Action, Task> serve, Channel<bool> places)
    {
        var left = 0;
        try
        {
            // TLS works on the socket itself.
            await serve(((SocketConnection)connection).Detach(), Leave);
        }
        finally
        {
            Leave();
        }

        void Leave()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                _ = places.Reader.TryRead(out _);
            }
        }
    }
}
