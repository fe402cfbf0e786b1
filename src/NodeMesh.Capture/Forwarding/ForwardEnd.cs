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

    private ForwardEnd(ulong cookie, ulong socket, uint written, uint received)
    {
        Cookie = cookie;
        Socket = socket;
        Written = written;
        Received = received;
    }

    /// <summary>An end of a leg. Both count from nought: what one end has written is what the other receives, so that nothing had to be noted.</summary>
    /// <param name="cookie">The socket's cookie; 0 while it is not known.</param>
    /// <param name="socket">Its address in the kernel; 0 while that is not known.</param>
    /// <returns>The end.</returns>
    internal static ForwardEnd OfLeg(ulong cookie, ulong socket) => new(cookie, socket, 0, 0);

    /// <summary>The proxy's own end of a leg: what one end has written is what the other receives, so that nothing of it had to be noted.</summary>
    /// <param name="application">The application's end of the same TCP connection.</param>
    /// <param name="cookie">The own socket's cookie.</param>
    /// <returns>The end; programs fill in the socket's address when they see it.</returns>
    internal static ForwardEnd Facing(in ForwardEnd application, ulong cookie) => new(cookie, 0, application.Received, application.Written);
}
