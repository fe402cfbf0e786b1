using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// Connects sockets by the event loops. The runtime's own connect would put the socket into the runtime's engine for good, which then wakes a thread of its
/// own at every event of the connection.
/// </summary>
public static class SocketConnector
{
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
            if (!Begin(socket, destination))
            {
                await WaitAsync(socket, cancellationToken);
            }

            return Rewrap(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask WaitAsync(Socket socket, CancellationToken cancellationToken)
    {
        var readiness = new SocketReadiness(socket, EventLoopGroup.Shared.Near());
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

    /// <summary>True when connected at once; false when it is under way.</summary>
    private static unsafe bool Begin(Socket socket, IPEndPoint destination)
    {
        var address = destination.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (EventCalls.Connect(socket.SafeHandle, bytes, address.Size) == 0)
            {
                return true;
            }
        }

        var error = Marshal.GetLastPInvokeError();
        return error == EventCalls.ErrorInProgress
            ? false
            : throw new SocketException((int)SocketErrors.FromErrorNumber(error), new Win32Exception(error).Message);
    }

    private static bool IsConnected(Socket socket)
    {
        // connect(2): the outcome of a connect that was under way, cleared by asking.
        var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
        {
            throw new SocketException(error);
        }

        return true;
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
