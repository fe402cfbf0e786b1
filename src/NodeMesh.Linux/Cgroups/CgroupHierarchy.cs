using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Cgroups;

/// <summary>The cgroup v2 hierarchy of this machine, wherever it is mounted: <c>/sys/fs/cgroup</c> on most, <c>/sys/fs/cgroup/unified</c> beside version 1.</summary>
public sealed class CgroupHierarchy
{
    private const string FileSystemType = "cgroup2";

    private CgroupHierarchy(string root) => Root = root;

    /// <summary>The mount point.</summary>
    public string Root { get; }

    /// <summary>Finds the hierarchy.</summary>
    /// <returns>The hierarchy; null where cgroup v2 is not mounted.</returns>
    public static CgroupHierarchy? Find() => FindRoot(File.ReadLines("/proc/self/mountinfo")) is { } root ? new CgroupHierarchy(root) : null;

    /// <summary>Finds the hierarchy, which has to be there.</summary>
    /// <returns>The hierarchy.</returns>
    /// <exception cref="IOException">cgroup v2 is not mounted.</exception>
    public static CgroupHierarchy Require() =>
        Find() ?? throw new IOException("cgroup v2 is not mounted: mount -t cgroup2 none /sys/fs/cgroup");

    /// <summary>Makes a group, and the groups above it, if they are not there.</summary>
    /// <param name="path">Relative to the root, such as <c>nodemesh-mesh0/pod-1</c>.</param>
    /// <returns>The group.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public Cgroup Create(string path)
    {
        var group = Open(path);
        Directory.CreateDirectory(group.Path);
        return group;
    }

    /// <summary>Names a group that may or may not be there.</summary>
    /// <param name="path">Relative to the root.</param>
    /// <returns>The group.</returns>
    /// <exception cref="ArgumentException">The path leaves the hierarchy or names its root.</exception>
    public Cgroup Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = System.IO.Path.GetFullPath(path, Root);
        return full.StartsWith(Root + "/", StringComparison.Ordinal) ? new Cgroup(full) : throw new ArgumentException($"'{path}' is not inside {Root}", nameof(path));
    }

    /// <summary>Opens the root group's directory, to attach BPF programs to it.</summary>
    /// <returns>The handle, which the caller disposes.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public SafeFileHandle OpenRoot() => OpenDirectory(Root);

    /// <summary>Opens a group's directory; the base library opens files alone.</summary>
    internal static SafeFileHandle OpenDirectory(string path)
    {
        var descriptor = LibC.Open(path, LibC.OpenReadOnly | LibC.OpenDirectory | LibC.OpenCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Finds the mount point in the lines of a mountinfo file (proc(5): field 5 is the mount point, the type follows the dash).</summary>
    internal static string? FindRoot(IEnumerable<string> mountInfo)
    {
        foreach (var line in mountInfo)
        {
            var words = line.Split(' ');
            var dash = Array.IndexOf(words, "-");
            if (dash > 4 && dash + 1 < words.Length && words[dash + 1] == FileSystemType)
            {
                return words[4].Replace("\\040", " ", StringComparison.Ordinal);
            }
        }

        return null;
    }
}
