using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_found</c>: where a paired socket is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ForwardFound
{
    internal readonly ulong Cookie;
    internal readonly uint Process;
    internal readonly int Descriptor;
}
