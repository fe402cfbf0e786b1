using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Client;

/// <summary>All that a mesh has on the machine, found by its name alone, so that it is found after any crash.</summary>
/// <param name="Namespaces">Network namespaces.</param>
/// <param name="Processes">How many processes run in its control group.</param>
/// <param name="ControlGroup">True when its control group is there.</param>
/// <param name="Mounts">Mounts below its directory.</param>
/// <param name="Directories">Its directories: state, pinned eBPF objects.</param>
public sealed record Residue(ImmutableArray<string> Namespaces, int Processes, bool ControlGroup, ImmutableArray<string> Mounts, ImmutableArray<string> Directories)
{
    private const string Pins = "/sys/fs/bpf/nodemesh";
    private const string NamespaceDirectory = "/run/netns";

    /// <summary>True when nothing is there.</summary>
    public bool IsEmpty => Namespaces.IsEmpty && Processes == 0 && !ControlGroup && Mounts.IsEmpty && Directories.IsEmpty;

    /// <summary>Looks for it.</summary>
    /// <param name="layout">The mesh's files.</param>
    public static Residue Find(MeshLayout layout)
    {
        var group = Tools.ControlGroup.FindMount() is null ? null : MeshGroups.Of(layout.Name);
        return new Residue(
            Directory.Exists(NamespaceDirectory) ? [.. Directory.EnumerateFileSystemEntries(NamespaceDirectory).Select(p => Path.GetFileName(p)).Where(layout.Name.Owns).Order()] : [],
            group?.Processes().Count ?? 0,
            group?.Exists == true,
            [.. MountsBelow(layout.State)],
            [.. PinsOf(layout.Name).Append(layout.State).Where(Directory.Exists)]);
    }

    /// <summary>Names of all meshes of which anything is there.</summary>
    /// <param name="root">The directory of all meshes.</param>
    public static IReadOnlyList<MeshName> FindAll(string root)
    {
        var states = Directory.Exists(root) ? Directory.EnumerateDirectories(root).Select(d => Path.GetFileName(d)) : [];
        var namespaces = Directory.Exists(NamespaceDirectory) ? Directory.EnumerateFileSystemEntries(NamespaceDirectory).Select(p => NameOf(Path.GetFileName(p))) : [];
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in states.Concat(namespaces).Concat(MeshGroups.Names()))
        {
            if (MeshName.TryParse(name, out _))
            {
                names.Add(name);
            }
        }

        return [.. names.Select(MeshName.Parse)];
    }

    /// <summary>True when the mesh's daemon runs.</summary>
    /// <param name="layout">The mesh's files.</param>
    public static bool DaemonRuns(MeshLayout layout)
    {
        try
        {
            // A process of that id that is not in the mesh's control group is somebody else's.
            return int.TryParse(File.ReadAllText(layout.ProcessId), CultureInfo.InvariantCulture, out var id) && MeshGroups.Of(layout.Name).Contains(id);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Removes the directories of pinned state in which no mesh has any more.</summary>
    public static void RemoveEmptyPins()
    {
        if (!Directory.Exists(Pins))
        {
            return;
        }

        foreach (var directory in Directory.EnumerateDirectories(Pins, "v*").Append(Pins).ToList())
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (IOException)
            {
                // Not empty: another mesh's.
            }
        }
    }

    /// <summary>In words.</summary>
    public override string ToString() => string.Join(", ", Words());

    private IEnumerable<string> Words()
    {
        if (!Namespaces.IsEmpty)
        {
            yield return Count(Namespaces.Length, "network namespace");
        }

        if (Processes > 0)
        {
            yield return Count(Processes, "process", "es");
        }

        if (ControlGroup)
        {
            yield return "a control group";
        }

        if (!Mounts.IsEmpty)
        {
            yield return Count(Mounts.Length, "mount");
        }

        foreach (var directory in Directories)
        {
            yield return $"directory {directory}";
        }
    }

    private static string Count(int number, string word, string plural = "s") => $"{number.ToString(CultureInfo.InvariantCulture)} {word}{(number == 1 ? "" : plural)}";

    // nm-NAME-net is the one namespace that every mesh has.
    private static string NameOf(string networkNamespace) =>
        networkNamespace.StartsWith("nm-", StringComparison.Ordinal) && networkNamespace.EndsWith("-net", StringComparison.Ordinal) && networkNamespace.Length > 7 ? networkNamespace[3..^4] : "";

    // By version of the pinned state: a mesh may have been begun by another build.
    private static IEnumerable<string> PinsOf(MeshName mesh) =>
        Directory.Exists(Pins) ? Directory.EnumerateDirectories(Pins, "v*").SelectMany(v => Directory.EnumerateDirectories(v)).Where(d => mesh.OwnsCapture(Path.GetFileName(d))) : [];

    private static IEnumerable<string> MountsBelow(string directory) =>
        File.ReadLines("/proc/self/mountinfo").Select(l => l.Split(' ')[4]).Where(m => m.StartsWith(directory + "/", StringComparison.Ordinal)).OrderByDescending(m => m.Length);
}
