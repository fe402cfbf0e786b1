using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Tools;

/// <summary>Where the control groups of local meshes are: <c>nodemesh/NAME</c> below the machine's cgroup v2 mount.</summary>
internal static class MeshGroups
{
    private const string Parent = "nodemesh";

    /// <summary>The group of all processes of a mesh.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <exception cref="PlatformNotSupportedException">The machine has not mounted cgroup v2.</exception>
    public static ControlGroup Of(MeshName mesh) => new(Path.Combine(Root(), Parent, mesh.Value));

    /// <summary>The names of groups that are there, of meshes that run or did.</summary>
    public static IEnumerable<string> Names()
    {
        var directory = ControlGroup.FindMount() is { } mount ? Path.Combine(mount, Parent) : "";
        return Directory.Exists(directory) ? Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)) : [];
    }

    private static string Root() => ControlGroup.FindMount()
        ?? throw new PlatformNotSupportedException("cgroup v2 is not mounted: mount -t cgroup2 none /sys/fs/cgroup");
}
