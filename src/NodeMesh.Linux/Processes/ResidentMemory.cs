using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Processes;

/// <summary>Gives memory back to the kernel that this process has used and may not use again.</summary>
public static class ResidentMemory
{
    /// <summary>
    /// Limits the arenas of the C library's heap, of which otherwise every thread gets its own until there are eight per processor; each keeps what was freed in it.
    /// For threads that begin afterwards.
    /// </summary>
    /// <param name="count">How many.</param>
    public static void LimitArenas(int count) => _ = LibC.SetHeapOption(LibC.HeapArenas, count);

    /// <summary>Gives back what is free in the C library's heap.</summary>
    public static void TrimNativeHeap() => _ = LibC.TrimHeap(0);

    /// <summary>The parts of programs and libraries that <see cref="Release"/> may take.</summary>
    public static IReadOnlySet<FileMapping> FileMappings() => FileMapping.ReadAll();

    /// <summary>
    /// Takes pages of programs and libraries out of this process's memory. They stay in the page cache, and one that is used again comes back by a minor fault,
    /// but code that only ran once, and what the kernel mapped around it, does not.
    /// </summary>
    /// <param name="settled">What was there a while ago: a library that is only just being loaded may be written to between the look and the deed.</param>
    /// <returns>How many bytes of address space were given up.</returns>
    public static long Release(IReadOnlySet<FileMapping> settled)
    {
        ArgumentNullException.ThrowIfNull(settled);
        var released = 0L;
        foreach (var mapping in FileMapping.ReadAll())
        {
            var size = mapping.End - mapping.Start;
            if (settled.Contains(mapping) && LibC.AdviseMemory(mapping.Start, (nuint)size, LibC.AdviseDontNeed) == 0)
            {
                released += size;
            }
        }

        return released;
    }
}
