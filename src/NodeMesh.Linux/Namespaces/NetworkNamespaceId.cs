namespace NodeMesh.Linux.Namespaces;

/// <summary>What tells one network namespace from another for as long as either exists: the nsfs device and inode. A path may be reused, this may not while a descriptor is held.</summary>
/// <param name="Device"><c>st_dev</c> of the namespace file.</param>
/// <param name="Inode"><c>st_ino</c> of the namespace file.</param>
public readonly record struct NetworkNamespaceId(ulong Device, ulong Inode)
{
    /// <summary>As the kernel's own links write it: <c>net:[inode]</c>.</summary>
    public override string ToString() => $"net:[{Inode}]";
}
