using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Interop;

/// <summary>
/// The calls of the event loop. Those that never wait run without a GC transition: they are most of what a loop's thread does, and the error number can
/// then be read from where the C library keeps it, which a collection between call and read could overwrite.
/// </summary>
internal static unsafe partial class EventCalls
{
    internal const int EpollCloseOnExec = 0x80000;
    internal const int EpollAdd = 1;
    internal const int EpollDelete = 2;
    internal const uint EpollIn = 0x1;
    internal const uint EpollOut = 0x4;
    internal const uint EpollError = 0x8;
    internal const uint EpollHangUp = 0x10;
    internal const uint EpollPeerHangUp = 0x2000;
    internal const uint EpollEdge = 1u << 31;

    internal const int EventNonBlocking = 0x800;
    internal const int EventCloseOnExec = 0x80000;
    internal const int PipeNonBlocking = 0x800;
    internal const int PipeCloseOnExec = 0x80000;
    internal const int SetPipeSize = 1031;

    internal const int MessageDontWait = 0x40;
    internal const int MessageNoSignal = 0x4000;
    internal const int MessageMore = 0x8000;
    internal const int ShutdownWrite = 1;
    internal const uint SpliceMove = 1;
    internal const uint SpliceNonBlocking = 2;

    internal const int ErrorInterrupted = 4;
    internal const int ErrorAgain = 11;
    internal const int ErrorOutOfMemory = 12;
    internal const int ErrorInvalid = 22;
    internal const int ErrorTooManyInSystem = 23;
    internal const int ErrorTooManyInProcess = 24;
    internal const int ErrorPipe = 32;
    internal const int ErrorNoBuffers = 105;
    internal const int ErrorIsConnected = 106;
    internal const int ErrorAlready = 114;
    internal const int ErrorInProgress = 115;

    /// <summary><c>SOCK_NONBLOCK | SOCK_CLOEXEC</c>.</summary>
    internal const int AcceptFlags = 0x80800;

    /// <summary><c>struct epoll_event</c> is packed on x86-64 alone (sys/epoll.h): 12 bytes with the data at 4, elsewhere 16 with the data at 8.</summary>
    internal static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where in an event its data is.</summary>
    internal static readonly int EventDataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    internal static partial int EpollWait(int epoll, byte* events, int count, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "__errno_location")]
    [SuppressGCTransition]
    internal static partial int* ErrorLocation();

    [LibraryImport("libc", EntryPoint = "recv")]
    [SuppressGCTransition]
    internal static partial nint Receive(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    [SuppressGCTransition]
    internal static partial nint Send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    [SuppressGCTransition]
    internal static partial int GetSocketOption(int descriptor, int level, int name, void* value, uint* size);

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    internal static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    [SuppressGCTransition]
    internal static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeHandle socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeHandle socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(SafeHandle socket, byte* address, int* length);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    internal static partial int GetPeerName(SafeHandle socket, byte* address, int* length);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(SafeHandle socket, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int Pipe(int* descriptors, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FileControl(int descriptor, int command, nint argument);
}
