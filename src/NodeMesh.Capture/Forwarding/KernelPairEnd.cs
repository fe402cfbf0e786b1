using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture.Forwarding;

/// <summary>Where an application has its end of a pair.</summary>
/// <param name="process">The process.</param>
/// <param name="descriptor">The descriptor there.</param>
internal readonly struct KernelPairEnd(uint process, int descriptor)
{
    /// <summary>True once the programs have told.</summary>
    internal bool IsKnown => process != 0;

    /// <summary>The proxy's own end of a leg.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>Where it is, and its cookie; null when it was closed meanwhile.</returns>
    internal static (KernelPairEnd End, ulong Cookie)? TryGetOwn(SafeHandle socket)
    {
        try
        {
            var cookie = socket.GetCookie();
            return (new KernelPairEnd((uint)Environment.ProcessId, (int)socket.DangerousGetHandle()), cookie);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

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
