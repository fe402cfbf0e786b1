using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_link_info</c> with the parts of its union that are read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct LinkInfo
{
    [FieldOffset(0)]
    public BpfLinkType Type;

    [FieldOffset(4)]
    public uint Id;

    [FieldOffset(8)]
    public uint ProgramId;

    [FieldOffset(16)]
    public ulong CgroupId;

    [FieldOffset(24)]
    public BpfAttachType CgroupAttachType;

    [FieldOffset(16)]
    public uint NetworkNamespaceInode;

    [FieldOffset(20)]
    public BpfAttachType NetworkNamespaceAttachType;
}
