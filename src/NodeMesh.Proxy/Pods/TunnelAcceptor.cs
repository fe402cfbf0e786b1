using System.Net.Sockets;
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
        // Not disposed: handshakes that outlive the loop still give their place back, and it holds nothing of the system.
#pragma warning disable CA2000
        var places = new SemaphoreSlim(limit);
#pragma warning restore CA2000
        try
        {
            while (true)
            {
                await places.WaitAsync(accepting);
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

    private static async Task ServeAsync(ConnectionContext connection, Func<Socket, Action, Task> serve, SemaphoreSlim places)
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
                places.Release();
            }
        }
    }
}
