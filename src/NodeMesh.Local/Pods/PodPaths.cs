using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Pods;

/// <summary>A pod's files. Commands such as <c>exec</c> and <c>logs</c> read them without the daemon.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="uid">The pod's UID.</param>
public sealed class PodPaths(MeshLayout layout, string uid)
{
    /// <summary>The pod's directory.</summary>
    public string Root => layout.Pod(uid);

    /// <summary>A volume's directory.</summary>
    /// <param name="volume">The volume.</param>
    public string Volume(string volume) => Path.Combine(Root, "volumes", volume);

    /// <summary>A container's directory.</summary>
    /// <param name="container">The container.</param>
    public string Container(string container) => Path.Combine(Root, "containers", container);

    /// <summary>The empty directory on which a container's file system is built.</summary>
    /// <param name="container">The container.</param>
    public string Scratch(string container) => Path.Combine(Container(container), "root");

    /// <summary>The script that becomes the container.</summary>
    /// <param name="container">The container.</param>
    public string Script(string container) => Path.Combine(Container(container), "start.sh");

    /// <summary>Not empty once the container's program runs.</summary>
    /// <param name="container">The container.</param>
    public string Marker(string container) => Path.Combine(Container(container), "started");

    /// <summary>What is needed to run another command beside the container's program (<see cref="ContainerHandle"/>).</summary>
    /// <param name="container">The container.</param>
    public string Handle(string container) => Path.Combine(Container(container), "running.json");

    /// <summary>Both streams of the container's program.</summary>
    /// <param name="container">The container.</param>
    public string Log(string container) => Path.Combine(Container(container), "log");

    /// <summary>Both streams of the program before the last restart.</summary>
    /// <param name="container">The container.</param>
    public string PreviousLog(string container) => Path.Combine(Container(container), "log.previous");
}
