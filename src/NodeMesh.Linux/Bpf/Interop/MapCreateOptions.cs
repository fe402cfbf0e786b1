using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_map_create_opts</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapCreateOptions
{
    public nuint Size;
    public uint TypesDescriptor;
    public uint KeyTypeId;
    public uint ValueTypeId;
    public uint KernelValueTypeId;
    public uint InnerMapDescriptor;
    public uint Flags;
    public ulong Extra;
    public uint NumaNode;
    public uint InterfaceIndex;
}
