using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_object_open_opts</c>, up to what is used: libbpf takes what is past <see cref="Size"/> as zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ObjectOpenOptions
{
    public nuint Size;
    public byte* Name;
}
