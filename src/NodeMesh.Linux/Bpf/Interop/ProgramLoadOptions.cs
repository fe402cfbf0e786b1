using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_prog_load_opts</c>, up to what is used.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProgramLoadOptions
{
    public nuint Size;
    public int Attempts;
    public BpfAttachType AttachType;
}
