using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_prog_load_opts</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgramLoadOptions
{
    public nuint Size;
    public int Attempts;
    public BpfAttachType AttachType;
    public uint TypesDescriptor;
    public uint Flags;
    public uint InterfaceIndex;
    public uint KernelVersion;
    public uint AttachTypeId;
    public uint AttachProgramDescriptor;
    public uint AttachTypesDescriptor;
    public int* Descriptors;
    public void* Functions;
    public uint FunctionCount;
    public uint FunctionSize;
    public void* Lines;
    public uint LineCount;
    public uint LineSize;
    public uint LogLevel;
    public uint LogSize;
    public byte* Log;
}
