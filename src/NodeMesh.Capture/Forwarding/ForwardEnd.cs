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

    private ForwardEnd(ulong cookie, uint written, uint received)
    {
        Cookie = cookie;
        Written = written;
        Received = received;
    }

    /// <summary>The proxy's own end of a leg: what one end has written is what the other receives, so that nothing of it had to be noted.</summary>
    /// <param name="application">The application's end of the same TCP connection.</param>
    /// <param name="cookie">The own socket's cookie.</param>
    /// <returns>The end; programs fill in the socket's address when they see it.</returns>
    internal static ForwardEnd Facing(in ForwardEnd application, ulong cookie) => new(cookie, application.Received, application.Written);
}
