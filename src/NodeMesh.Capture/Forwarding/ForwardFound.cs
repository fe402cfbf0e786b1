using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_found</c>: where a paired socket is; without a process, that it is stuck.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ForwardFound
{
    internal readonly ulong Cookie;
    internal readonly uint Process;
    internal readonly int Descriptor;
    internal readonly ulong Peer;
    internal readonly ulong Socket;

    /// <summary>True when messages wait that the application will never see, as it reads by splice or the like.</summary>
    internal bool IsStuck => Process == 0;
}
