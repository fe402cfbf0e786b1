using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Tests.Bpf;

/// <summary><c>struct flow</c> of native/tests/probe.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Flow
{
    public ulong Cookie;
    public fixed byte Address[16];
    public ushort Port;
    public ushort Flags;
    public uint First;
    public uint Second;
}
