using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_end</c>: an established application socket that nobody has claimed yet.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ForwardEnd
{
    internal readonly ulong Cookie;
    internal readonly ulong Socket;
    internal readonly uint Written;
    internal readonly uint Received;
}
