using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Tests.Bpf;

/// <summary><c>struct prefix</c> of native/tests/probe.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Prefix
{
    public uint Length;
    public uint Address;

    public static Prefix Of(uint length, byte a, byte b, byte c, byte d) =>
        new() { Length = length, Address = BitConverter.ToUInt32([a, b, c, d]) };
}
