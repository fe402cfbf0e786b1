using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace NodeMesh.Local.Pods;

/// <summary>How the machine's file system is laid out: what a container sees copied-on-write, and what it shares with the machine.</summary>
/// <param name="Overlaid">Mount points of ordinary file systems, outermost first, beginning with <c>/</c>.</param>
/// <param name="Shared">Mount points of the kernel's own file systems (proc, sysfs, devices).</param>
internal sealed partial record HostMounts(ImmutableArray<string> Overlaid, ImmutableArray<string> Shared)
{
    private static readonly string[] SharedTypes = ["proc", "sysfs", "devtmpfs"];

    /// <summary>Reads <c>/proc/self/mountinfo</c>.</summary>
    /// <param name="hidden">A directory whose mounts are left out: the meshes' own state.</param>
    public static HostMounts Read(string hidden) => Parse(File.ReadLines("/proc/self/mountinfo"), hidden, Directory.Exists);

    /// <summary>Sorts mount points.</summary>
    /// <param name="lines">Lines of mountinfo (proc(5)).</param>
    /// <param name="hidden">A directory whose mounts are left out.</param>
    /// <param name="isDirectory">Tells directories from bind-mounted files.</param>
    internal static HostMounts Parse(IEnumerable<string> lines, string hidden, Func<string, bool> isDirectory)
    {
        var overlaid = new List<string> { "/" };
        var shared = new List<string>();
        foreach (var (point, type) in lines.Select(ReadLine).OrderBy(m => m.Point.Length))
        {
            if (point == "/" || IsBelow(point, hidden) || IsBelow(point, "/run/netns") || shared.Any(s => IsBelow(point, s)) || !isDirectory(point))
            {
                continue;
            }

            var list = SharedTypes.Contains(type) ? shared : overlaid;
            if (!list.Contains(point))
            {
                list.Add(point);
            }
        }

        return new HostMounts([.. overlaid], [.. shared]);
    }

    /// <summary>True when a path is a directory or below it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="directory">The directory.</param>
    internal static bool IsBelow(string path, string directory) =>
        path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static (string Point, string Type) ReadLine(string line)
    {
        var fields = line.Split(' ');
        var separator = Array.IndexOf(fields, "-");

        // Blanks and the like are written as three octal digits.
        var point = Octal().Replace(fields[4], m => ((char)Convert.ToInt32(m.Groups[1].Value, 8)).ToString());
        return (point, fields[separator + 1]);
    }

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
