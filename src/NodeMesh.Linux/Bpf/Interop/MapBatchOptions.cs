using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_map_batch_opts</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapBatchOptions
{
    public nuint Size;
    public ulong ElementFlags;
    public ulong Flags;
}
