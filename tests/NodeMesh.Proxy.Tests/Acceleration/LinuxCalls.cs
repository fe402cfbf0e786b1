using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>System calls as an application in C makes them.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int PeekFlag = 2;
    public const int WaitAllFlag = 0x100;
    public const int DontWaitFlag = 0x40;
    public const int TryAgain = 11;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlockFlag = 0x800;
    private const uint SpliceNonBlock = 2;

    /// <summary>recv(2): the count, or the negative errno.</summary>
    public static int Receive(Socket socket, Span<byte> bytes, int flags)
    {
        fixed (byte* pointer = bytes)
        {
            var count = (int)recv(socket.Handle, pointer, (nuint)bytes.Length, flags);
            return count < 0 ? -Marshal.GetLastPInvokeError() : count;
        }
    }

    /// <summary>send(2) on the descriptor as it is: the count, or the negative errno.</summary>
    public static int Send(Socket socket, ReadOnlySpan<byte> bytes, int flags)
    {
        fixed (byte* pointer = bytes)
        {
            var count = (int)send(socket.Handle, pointer, (nuint)bytes.Length, flags);
            return count < 0 ? -Marshal.GetLastPInvokeError() : count;
        }
    }

    /// <summary>Takes O_NONBLOCK away, which the base library leaves on after its first asynchronous call.</summary>
    public static void MakeBlocking(Socket socket) => Assert.True(fcntl(socket.Handle, SetFlags, fcntl(socket.Handle, GetFlags, 0) & ~NonBlockFlag) >= 0);

    /// <summary>splice(2) from a socket through a pipe into memory: the bytes, null when there are none yet.</summary>
    public static byte[]? Splice(Socket socket, int size)
    {
        var pipe = stackalloc int[2];
        Assert.Equal(0, pipe2(pipe, 0));
        try
        {
            var count = splice(socket.Handle, null, pipe[1], null, (nuint)size, SpliceNonBlock);
            if (count < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                return error == TryAgain ? null : throw new IOException($"splice: errno {error}");
            }

            var bytes = new byte[count];
            fixed (byte* pointer = bytes)
            {
                Assert.Equal(count, count == 0 ? 0 : read(pipe[0], pointer, (nuint)count));
            }

            return bytes;
        }
        finally
        {
            _ = close(pipe[0]);
            _ = close(pipe[1]);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(nint socket, byte* bytes, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(nint socket, byte* bytes, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(nint descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* descriptors, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint splice(nint from, long* fromOffset, int to, long* toOffset, nuint size, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* bytes, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
