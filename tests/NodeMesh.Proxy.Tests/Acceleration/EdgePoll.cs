using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>An edge-triggered epoll(7) of one socket, as an application in C has it.</summary>
internal sealed unsafe partial class EdgePoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const uint Readable = 1;
    private const uint Edge = 1u << 31;
    private const int Interrupted = 4;

    /// <summary>Packed on x86-64 alone.</summary>
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _epoll;

    public EdgePoll(Socket socket)
    {
        _epoll = epoll_create1(CloseOnExec);
        var wanted = stackalloc byte[16];
        Unsafe.WriteUnaligned(wanted, Readable | Edge);
        Assert.Equal(0, epoll_ctl(_epoll, Add, socket.Handle, wanted));
    }

    /// <summary>Waits for one event.</summary>
    /// <returns>False when none came in time.</returns>
    public bool Wait(TimeSpan limit)
    {
        var room = stackalloc byte[EventSize];
        int count;
        do
        {
            count = epoll_wait(_epoll, room, 1, (int)limit.TotalMilliseconds);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return count == 1;
    }

    public void Dispose() => _ = close(_epoll);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, nint descriptor, byte* wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
