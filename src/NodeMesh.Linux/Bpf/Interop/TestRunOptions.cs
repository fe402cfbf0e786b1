using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary><c>struct bpf_test_run_opts</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TestRunOptions
{
    public nuint Size;
    public void* DataIn;
    public void* DataOut;
    public uint DataSizeIn;
    public uint DataSizeOut;
    public void* ContextIn;
    public void* ContextOut;
    public uint ContextSizeIn;
    public uint ContextSizeOut;
    public uint ReturnValue;
    public int Repeat;
    public uint Duration;
    public uint Flags;
    public uint Processor;
    public uint BatchSize;
}
