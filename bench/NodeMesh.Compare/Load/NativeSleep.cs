using System.Runtime.InteropServices;

namespace NodeMesh.Compare.Load;

/// <summary>The C library's sleep.</summary>
internal static partial class NativeSleep
{
    /// <summary>Sleeps.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="remaining">Where to write what is left after a signal; 0 for nowhere.</param>
    [DllImport("libc", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int nanosleep(in Timespec duration, nint remaining);

    /// <summary><c>struct timespec</c> of 64-bit machines.</summary>
    /// <param name="Seconds">Seconds.</param>
    /// <param name="Nanoseconds">Nanoseconds below a second.</param>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Timespec(long Seconds, long Nanoseconds);
}
