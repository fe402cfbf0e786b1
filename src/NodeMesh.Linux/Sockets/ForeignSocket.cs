using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Sockets;

/// <summary>
/// A socket that another process has open, held by a duplicate of its descriptor (<c>pidfd_getfd(2)</c>, Linux 5.6). While it is held the socket does not
/// close, so it is held for moments only. The base library's own class is not used: it changes a socket that it takes over.
/// </summary>
public sealed class ForeignSocket : IDisposable
{
    private const long PidfdOpen = 434;
    private const long PidfdGetDescriptor = 438;
    private const int LevelSocket = 1;
    private const int SocketCookie = 57;
    private const ulong InputQueue = 0x541b;

    private ForeignSocket(SafeFileHandle handle, ulong cookie)
    {
        Handle = handle;
        Cookie = cookie;
    }

    /// <summary>The duplicate.</summary>
    public SafeHandle Handle { get; }

    /// <summary>The socket's cookie.</summary>
    public ulong Cookie { get; }

    /// <summary>Bytes that wait to be read; null when the kernel does not say.</summary>
    public unsafe int? Unread
    {
        get
        {
            int value;
            return LibC.Ioctl(Handle, InputQueue, &value) == 0 ? value : null;
        }
    }

    /// <summary>Takes hold of a socket.</summary>
    /// <param name="process">The process that has it.</param>
    /// <param name="descriptor">Its number there.</param>
    /// <returns>The socket; null when the process or descriptor is gone, is no socket, or may not be touched (needs CAP_SYS_PTRACE).</returns>
    public static ForeignSocket? TryOpen(int process, int descriptor)
    {
        var pidfd = (int)LibC.SystemCall(PidfdOpen, process, 0, 0, 0);
        if (pidfd < 0)
        {
            return null;
        }

        var duplicate = (int)LibC.SystemCall(PidfdGetDescriptor, pidfd, descriptor, 0, 0);
        _ = LibC.Close(pidfd);
        if (duplicate < 0)
        {
            return null;
        }

        var handle = new SafeFileHandle(duplicate, ownsHandle: true);
        if (TryGetCookie(handle, out var cookie))
        {
            return new ForeignSocket(handle, cookie);
        }

        handle.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static unsafe bool TryGetCookie(SafeHandle handle, out ulong cookie)
    {
        uint size = sizeof(ulong);
        fixed (ulong* value = &cookie)
        {
            *value = 0;
            return LibC.GetSocketOption(handle, LevelSocket, SocketCookie, value, &size) == 0;
        }
    }
}
