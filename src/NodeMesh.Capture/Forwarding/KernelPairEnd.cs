using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture.Forwarding;

/// <summary>Where an application has its end of a pair.</summary>
/// <param name="process">The process.</param>
/// <param name="descriptor">The descriptor there.</param>
internal readonly struct KernelPairEnd(uint process, int descriptor)
{
    /// <summary>True once the programs have told.</summary>
    internal bool IsKnown => process != 0;

    /// <summary>Takes hold of the socket.</summary>
    /// <param name="cookie">The socket's cookie.</param>
    /// <returns>The socket; null when something else is there by now.</returns>
    internal ForeignSocket? TryOpen(ulong cookie)
    {
        var socket = ForeignSocket.TryOpen((int)process, descriptor);
        if (socket is null || socket.Cookie == cookie)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }
}
