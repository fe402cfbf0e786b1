using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_prog_info</c>, up to what is read: the kernel fills no more than it is told that there is room for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgramInfo
{
    public BpfProgramType Type;
    public uint Id;
    public fixed byte Tag[8];
    public uint JitedLength;
    public uint TranslatedLength;
    public ulong JitedInstructions;
    public ulong TranslatedInstructions;
    public ulong LoadTime;
    public uint CreatedByUser;
    public uint MapCount;
    public ulong MapIds;
    public fixed byte Name[16];
}
