using NodeMesh.Linux.Cgroups;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>The BPF file system, where maps, programs and links are pinned. It belongs to a mount namespace: another may have another, or none.</summary>
public static class BpfFileSystem
{
    /// <summary>Where it is mounted by custom.</summary>
    public const string DefaultPath = "/sys/fs/bpf";

    /// <summary><c>BPF_FS_MAGIC</c> of <c>linux/magic.h</c>.</summary>
    private const ulong Magic = 0xcafe4a11;

    /// <summary>Room for <c>struct statfs</c> on every 64-bit Linux.</summary>
    private const int StatFileSystemSize = 256;

    /// <summary>Whether a path is on a BPF file system.</summary>
    /// <param name="path">A file or directory.</param>
    /// <returns>True if it is there and is.</returns>
    public static unsafe bool Contains(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stat = stackalloc ulong[StatFileSystemSize / sizeof(ulong)];
        return LibC.StatFileSystem(path, stat) == 0 && (stat[0] & uint.MaxValue) == Magic;
    }

    /// <summary>Mounts one unless it is mounted already. Two who do so at once, in whatever processes, mount one: a second would hide the pins of the first.</summary>
    /// <param name="path">A directory, which is made if it is not there.</param>
    /// <exception cref="BpfException">It cannot be mounted.</exception>
    public static void Mount(string path = DefaultPath)
    {
        if (Contains(path))
        {
            return;
        }

        Directory.CreateDirectory(path);
        using var parent = CgroupHierarchy.OpenDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (LibC.LockFile(parent, LibC.LockExclusive) != 0)
        {
            throw BpfException.FromLastError($"locking the directory of {path}");
        }

        // Closing the directory lets go of it.
        if (!Contains(path) && LibC.Mount("bpf", path, "bpf", 0, "mode=0700") != 0)
        {
            throw BpfException.FromLastError($"mounting a BPF file system at {path}");
        }
    }

    /// <summary>Makes a directory for pins, and those above it, readable by root alone.</summary>
    /// <param name="path">On a mounted BPF file system.</param>
    /// <exception cref="BpfException">It is not on one.</exception>
    public static void CreateDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var existing = Path.GetFullPath(path);
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        if (!Contains(existing))
        {
            throw new BpfException($"{path} is not on a BPF file system; mount one with mount -t bpf bpf {DefaultPath}", BpfErrno.Invalid);
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Removes a pin; the object ends when nothing else holds it.</summary>
    /// <param name="path">The pin.</param>
    /// <returns>False if it was not there.</returns>
    public static bool Remove(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    /// <summary>Removes a directory with all pins in it and below. One that is not there is no error.</summary>
    /// <param name="path">On a BPF file system, and not where it is mounted.</param>
    /// <exception cref="BpfException">It is somewhere else: nothing is removed.</exception>
    public static void RemoveTree(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            return;
        }

        // A wrong path has to cost an error, not somebody's files.
        if (!Contains(path) || !Contains(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/"))
        {
            throw new BpfException($"{path} is not a directory inside a BPF file system; it is not removed", BpfErrno.Invalid);
        }

        Directory.Delete(path, recursive: true);
    }
}
