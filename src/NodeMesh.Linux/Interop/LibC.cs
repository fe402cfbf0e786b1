using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Interop;

/// <summary>The C library's calls that the base library does not offer.</summary>
internal static partial class LibC
{
    internal const int OpenReadOnly = 0;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int CloneNewNet = 0x40000000;
    internal const int SocketCloseOnExec = 0x80000;

    /// <summary><c>F_DUPFD_CLOEXEC</c> of fcntl(2).</summary>
    internal const int DuplicateCloseOnExec = 1030;

    /// <summary><c>LOCK_EX</c> of flock(2).</summary>
    internal const int LockExclusive = 2;

    /// <summary><c>EFD_CLOEXEC</c> of eventfd(2).</summary>
    internal const int EventCloseOnExec = 0x80000;

    internal const int ProtectRead = 1;
    internal const int ProtectWrite = 2;
    internal const int MapShared = 1;
    internal const int MapFixed = 0x10;
    internal const int MapPrivateAnonymous = 0x22;
    internal const int OpenDirectory = 0x10000;

    /// <summary><c>MADV_DONTNEED</c> of madvise(2).</summary>
    internal const int AdviseDontNeed = 4;

    /// <summary><c>M_ARENA_MAX</c> of mallopt(3).</summary>
    internal const int HeapArenas = -8;

    /// <summary><c>NS_GET_NSTYPE</c> of ioctl_ns(2): which kind of namespace a descriptor names.</summary>
    internal const ulong GetNamespaceType = 0xb703;

    /// <summary>Room for <c>struct stat</c> on every 64-bit Linux; <c>st_dev</c> and <c>st_ino</c> are its first two words.</summary>
    internal const int StatSize = 256;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int descriptor, ulong request);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FileControl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int Ioctl(SafeHandle descriptor, ulong request, int* value);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int GetSocketOption(SafeHandle descriptor, int level, int name, void* value, uint* size);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static unsafe partial int SetSocketOption(SafeHandle descriptor, int level, int name, void* value, uint size);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string source, string target, string type, ulong flags, string options);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int LockFile(SafeHandle file, int operation);

    /// <summary>Fills <c>struct statfs</c>, whose first word is <c>f_type</c>.</summary>
    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int StatFileSystem(string path, ulong* buffer);

    /// <summary>Formats a C <c>va_list</c>, which every 64-bit ABI passes as a pointer; the text is freed by <see cref="NativeMemory.Free"/>.</summary>
    [LibraryImport("libc", EntryPoint = "vasprintf")]
    internal static unsafe partial int FormatAllocating(byte** text, byte* format, void* arguments);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(int descriptor, void* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint MapMemory(nint address, nuint size, int protection, int flags, SafeHandle descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint MapMemory(nint address, nuint size, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int UnmapMemory(nint address, nuint size);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    internal static partial int AdviseMemory(nint address, nuint size, int advice);

    /// <summary>Gives free pages of every arena back (malloc_trim(3)).</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    internal static partial int TrimHeap(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    internal static partial int SetHeapOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static unsafe partial int Poll(PollEntry* entries, ulong count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Stat(string path, ulong* buffer);

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    internal static unsafe partial int FStat(int descriptor, ulong* buffer);

    [LibraryImport("libc", EntryPoint = "gettid")]
    internal static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    internal static unsafe partial int GetResourceLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    internal static unsafe partial int SetResourceLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long SystemCall(long number, long first, long second, long third, long fourth);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
