namespace NodeMesh.Local.Pods;

/// <summary>A part of a volume in a container.</summary>
/// <param name="Source">A file or directory of the machine.</param>
/// <param name="Target">Where the container sees it.</param>
/// <param name="ReadOnly">True when it cannot be written.</param>
/// <param name="IsFile">True when the source is a file.</param>
internal sealed record ContainerMount(string Source, string Target, bool ReadOnly, bool IsFile);
