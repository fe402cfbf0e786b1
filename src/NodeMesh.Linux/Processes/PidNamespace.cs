using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Processes;

/// <summary>Which PID namespace this is: process numbers mean something in one only.</summary>
/// <param name="Device">The device of its file.</param>
/// <param name="Inode">The inode of its file.</param>
public readonly record struct PidNamespace(ulong Device, ulong Inode)
{
    /// <summary>Reads this process's own.</summary>
    /// <returns>The namespace.</returns>
    /// <exception cref="IOException"><c>/proc</c> is not mounted.</exception>
    public static unsafe PidNamespace ReadCurrent()
    {
        var stat = stackalloc ulong[LibC.StatSize / sizeof(ulong)];
        return LibC.Stat("/proc/self/ns/pid", stat) == 0
            ? new PidNamespace(stat[0], stat[1])
            : throw new IOException("/proc is not mounted: this process's PID namespace cannot be told");
    }
}
