using System.Net.Sockets;
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
}
