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
    private const int SendBuffer = 7;
    private const int SocketCookie = 57;
    private const int BufferLock = 72;
    private const int SendBufferLocked = 1;
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

    /// <summary>Makes the send buffer as small as the kernel allows, unless the application has chosen its size.</summary>
    /// <returns>The size to give to <see cref="RestoreSendBuffer"/>; null when nothing was changed.</returns>
    public int? ShrinkSendBuffer()
    {
        if (GetOption(BufferLock) is not { } locks || (locks & SendBufferLocked) != 0 || GetOption(SendBuffer) is not { } size)
        {
            return null;
        }

        return SetOption(SendBuffer, 1) ? size : null;
    }

    /// <summary>Undoes <see cref="ShrinkSendBuffer"/>: the kernel tunes the buffer again by itself.</summary>
    /// <param name="size">The size before.</param>
    public void RestoreSendBuffer(int size)
    {
        // The kernel doubles what it is given, and answers the double.
        SetOption(SendBuffer, size / 2);
        if (GetOption(BufferLock) is { } locks)
        {
            SetOption(BufferLock, locks & ~SendBufferLocked);
        }
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

    private unsafe int? GetOption(int name)
    {
        int value;
        uint size = sizeof(int);
        return LibC.GetSocketOption(Handle, LevelSocket, name, &value, &size) == 0 ? value : null;
    }

    private unsafe bool SetOption(int name, int value) => LibC.SetSocketOption(Handle, LevelSocket, name, &value, sizeof(int)) == 0;
}
