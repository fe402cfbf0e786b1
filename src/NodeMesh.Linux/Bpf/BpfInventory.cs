using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>What is in the kernel, whoever put it there: to look, and to find what a process that was killed left behind.</summary>
public static class BpfInventory
{
    /// <summary>The kernel allows 64 programs at one place of a cgroup, and its ancestors' come on top when effective ones are asked for.</summary>
    private const int MaxAttached = 256;

    private unsafe delegate int NextId(uint id, uint* next);

    /// <summary>Every loaded program. Those that end meanwhile are left out.</summary>
    /// <returns>The programs.</returns>
    /// <exception cref="BpfException">No permission.</exception>
    public static unsafe IReadOnlyList<BpfProgramInfo> Programs() =>
        Collect(LibBpf.GetNextProgramId, LibBpf.OpenProgram, BpfProgramInfo.Read, "programs");

    /// <summary>Every map. Those that end meanwhile are left out.</summary>
    /// <returns>The maps.</returns>
    /// <exception cref="BpfException">No permission.</exception>
    public static unsafe IReadOnlyList<BpfMapInfo> Maps() => Collect(LibBpf.GetNextMapId, LibBpf.OpenMap, BpfMapInfo.Read, "maps");

    /// <summary>Every link (kernel 5.8). Those that end meanwhile are left out.</summary>
    /// <returns>The links.</returns>
    /// <exception cref="BpfException">No permission.</exception>
    public static unsafe IReadOnlyList<BpfLinkInfo> Links() => Collect(LibBpf.GetNextLinkId, LibBpf.OpenLink, BpfLinkInfo.Read, "links");

    /// <summary>The programs attached at one place, with or without a link.</summary>
    /// <param name="target">An open cgroup or network namespace.</param>
    /// <param name="type">The place.</param>
    /// <returns>The programs, in the order in which they run.</returns>
    /// <exception cref="BpfException">The target cannot be asked.</exception>
    public static unsafe IReadOnlyList<BpfProgramInfo> AttachedTo(SafeHandle target, BpfAttachType type)
    {
        ArgumentNullException.ThrowIfNull(target);
        var ids = stackalloc uint[MaxAttached];
        uint count = MaxAttached;
        uint flags;
        BpfException.ThrowIfFailed(LibBpf.QueryAttached(target, type, 0, &flags, ids, &count), $"asking what is attached ({type})");
        var programs = new List<BpfProgramInfo>();
        for (var i = 0; i < (int)count; i++)
        {
            if (TryRead(LibBpf.OpenProgram(ids[i]), BpfProgramInfo.Read) is { } program)
            {
                programs.Add(program);
            }
        }

        return programs;
    }

    /// <summary>The programs attached to a SOCKMAP or SOCKHASH (kernel 5.17).</summary>
    /// <param name="map">The map.</param>
    /// <param name="type">The place.</param>
    /// <returns>The programs.</returns>
    /// <exception cref="BpfException">The map cannot be asked.</exception>
    public static IReadOnlyList<BpfProgramInfo> AttachedTo(BpfMap map, BpfAttachType type)
    {
        ArgumentNullException.ThrowIfNull(map);
        return AttachedTo(map.Handle, type);
    }

    private static unsafe List<T> Collect<T>(NextId next, Func<uint, int> open, Func<BpfHandle, T> read, string what)
        where T : class
    {
        var found = new List<T>();
        uint id = 0;
        int result;
        while ((result = next(id, &id)) == 0)
        {
            if (TryRead(open(id), read) is { } item)
            {
                found.Add(item);
            }
        }

        // ENOENT is the end of the list.
        return result == -BpfErrno.NotFound ? found : throw new BpfException($"listing BPF {what}", -result);
    }

    private static T? TryRead<T>(int descriptor, Func<BpfHandle, T> read)
        where T : class
    {
        if (descriptor == -BpfErrno.NotFound)
        {
            return null;
        }

        using var handle = BpfHandle.Take(descriptor, "opening by number");
        return read(handle);
    }
}
