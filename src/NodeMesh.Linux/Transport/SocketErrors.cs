using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Linux.Transport;

/// <summary>Translates socket errors, once, to the two exceptions that a connection's users know.</summary>
internal static class SocketErrors
{
    /// <summary>The peer (or the network) ended it, or we did.</summary>
    /// <param name="error">What the socket said.</param>
    /// <param name="abortReason">Why this side aborted; null when it did not.</param>
    /// <returns>A <see cref="ConnectionAbortedException"/> after an own abort, else a <see cref="ConnectionResetException"/>.</returns>
    internal static Exception Translate(Exception error, ConnectionAbortedException? abortReason)
    {
        if (abortReason is not null)
        {
            return new ConnectionAbortedException(abortReason.Message, abortReason);
        }

        return error switch
        {
            SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket } =>
                new ConnectionAbortedException("the connection was closed on this side", error),
            ObjectDisposedException => new ConnectionAbortedException("the connection was closed on this side", error),
            _ => new ConnectionResetException(error.Message, error),
        };
    }

    /// <summary>True for what a closed or failing socket throws.</summary>
    internal static bool IsSocketFailure(Exception error) => error is SocketException or ObjectDisposedException;

    /// <summary>The runtime's name for an error number.</summary>
    internal static SocketError FromErrorNumber(int error) => error switch
    {
        1 or 13 => SocketError.AccessDenied,
        11 => SocketError.WouldBlock,
        12 => SocketError.NoBufferSpaceAvailable,
        22 => SocketError.InvalidArgument,
        32 => SocketError.Shutdown,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        105 => SocketError.NoBufferSpaceAvailable,
        106 => SocketError.IsConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };

    /// <summary>What the last call of this thread that set the error number failed of.</summary>
    internal static SocketException LastFailure() => Failure(Marshal.GetLastPInvokeError());

    /// <summary>An error number as the runtime's exception.</summary>
    internal static SocketException Failure(int error) => new((int)FromErrorNumber(error), new Win32Exception(error).Message);
}
