using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// Connects sockets by the event loops. The runtime's own connect would put the socket into the runtime's engine for good, which then wakes a thread of its
/// own at every event of the connection.
/// </summary>
public static class SocketConnector
{
    /// <summary><c>SO_ERROR</c> of socket(7).</summary>
    private const int SocketError = 4;

    /// <summary>Connects.</summary>
    /// <param name="socket">Not connected, non-blocking, without delay; taken over, closed on failure.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    public static async ValueTask<SocketConnection> ConnectAsync(SocketDescriptor socket, IPEndPoint destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(destination);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Begin(socket, destination))
            {
                await WaitAsync(socket, cancellationToken);
            }

            return Wrap(socket, destination);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects where that takes no waiting: on this machine the handshake is over when the call that begins it returns.</summary>
    /// <param name="socket">As for <see cref="ConnectAsync(SocketDescriptor, IPEndPoint, CancellationToken)"/>; closed on failure.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>The connection; null when it is under way: <see cref="FinishAsync"/> waits for it.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    public static SocketConnection? TryConnect(SocketDescriptor socket, IPEndPoint destination)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(destination);
        try
        {
            return Begin(socket, destination) || Begin(socket, destination) ? Wrap(socket, destination) : null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for what <see cref="TryConnect"/> began.</summary>
    /// <param name="socket">The socket; closed on failure.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    public static async ValueTask<SocketConnection> FinishAsync(SocketDescriptor socket, IPEndPoint destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(destination);
        try
        {
            await WaitAsync(socket, cancellationToken);
            return Wrap(socket, destination);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects.</summary>
    /// <param name="socket">Not connected; taken over, closed on failure.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The same socket as a connected one.</returns>
    /// <exception cref="SocketException">It failed.</exception>
    public static async ValueTask<Socket> ConnectAsync(Socket socket, IPEndPoint destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(destination);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            socket.Blocking = false;
            if (!Begin(socket.SafeHandle, destination))
            {
                await WaitAsync(socket.SafeHandle, cancellationToken);
            }

            return Rewrap(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask WaitAsync(SafeHandle socket, CancellationToken cancellationToken)
    {
        var readiness = new SocketReadiness((int)socket.DangerousGetHandle(), EventLoopGroup.Shared.Near());
        try
        {
            await using var registration = cancellationToken.UnsafeRegister(static state => ((SocketReadiness)state!).WakeWriter(), readiness);
            do
            {
                await readiness.Writable.WaitAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (!IsConnected(socket));
        }
        finally
        {
            readiness.Close();
        }
    }

    private static SocketConnection Wrap(SocketDescriptor socket, IPEndPoint destination) =>
        new(socket, destination.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(destination.Address.MapToIPv4(), destination.Port) : destination, PooledSegments.Shared);

    /// <summary>True when connected; false when it is under way. Asked again it tells how that went.</summary>
    private static unsafe bool Begin(SafeHandle socket, IPEndPoint destination)
    {
        var name = stackalloc byte[SocketNames.Room];
        var length = SocketNames.Write(destination, new Span<byte>(name, SocketNames.Room));
        if (EventCalls.Connect(socket, name, length) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            EventCalls.ErrorInProgress or EventCalls.ErrorAlready => false,
            EventCalls.ErrorIsConnected => true,
            _ => throw SocketErrors.Failure(error),
        };
    }

    /// <summary>True: the outcome of a connect that was under way, cleared by asking (connect(2)), is success.</summary>
    private static unsafe bool IsConnected(SafeHandle socket)
    {
        int error;
        uint size = sizeof(int);
        if (LibC.GetSocketOption(socket, LinuxSocketOptions.LevelSocket, SocketError, &error, &size) != 0)
        {
            throw SocketErrors.LastFailure();
        }

        return error == 0 ? true : throw SocketErrors.Failure(error);
    }

    /// <summary>The runtime's object learns that it is connected only when it is made.</summary>
    private static Socket Rewrap(Socket socket)
    {
        var connected = new Socket(socket.SafeHandle);

        // Both objects own the one handle now: the old one must not close it when it is collected.
#pragma warning disable CA1816
        GC.SuppressFinalize(socket);
#pragma warning restore CA1816
        return connected;
    }
}
