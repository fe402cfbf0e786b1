using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_map_info</c>, up to what is read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MapInfo
{
    public BpfMapType Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint Flags;
    public fixed byte Name[16];
}
