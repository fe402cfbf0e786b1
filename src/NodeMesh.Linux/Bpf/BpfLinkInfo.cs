using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>What the kernel says of a link.</summary>
/// <param name="Id">Its number, unique while it lives.</param>
/// <param name="Type">What it attaches to.</param>
/// <param name="ProgramId">The program that runs.</param>
/// <param name="AttachType">Where it runs, for links to cgroups and network namespaces.</param>
/// <param name="CgroupId">The cgroup's inode number; 0 for other links, and when the cgroup is gone.</param>
/// <param name="NetworkNamespaceInode">The namespace's inode number; 0 for other links, and when the namespace is gone.</param>
public sealed record BpfLinkInfo(uint Id, BpfLinkType Type, uint ProgramId, BpfAttachType? AttachType, ulong CgroupId, uint NetworkNamespaceInode)
{
    internal static unsafe BpfLinkInfo Read(BpfHandle handle)
    {
        LinkInfo info = default;
        var size = (uint)sizeof(LinkInfo);
        BpfException.ThrowIfFailed(LibBpf.GetInfo(handle, &info, &size), "reading a BPF link's info");
        return info.Type switch
        {
            BpfLinkType.Cgroup => new BpfLinkInfo(info.Id, info.Type, info.ProgramId, info.CgroupAttachType, info.CgroupId, 0),
            BpfLinkType.NetworkNamespace =>
                new BpfLinkInfo(info.Id, info.Type, info.ProgramId, info.NetworkNamespaceAttachType, 0, info.NetworkNamespaceInode),
            _ => new BpfLinkInfo(info.Id, info.Type, info.ProgramId, null, 0, 0),
        };
    }
}
