using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Sockets;

/// <summary>
/// A socket without the base library's class around it, which asks the kernel a dozen things about each socket that it is given. Never blocks: whoever
/// makes one makes it non-blocking.
/// </summary>
public sealed class SocketDescriptor : SafeHandle
{
    /// <summary>Takes over a descriptor.</summary>
    /// <param name="descriptor">A non-blocking socket.</param>
    public SocketDescriptor(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>Hands the socket over to the base library's class.</summary>
    /// <returns>The socket, blocking; this object is empty afterwards.</returns>
    public Socket ToSocket()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var owner = new SafeSocketHandle(handle, ownsHandle: true);
        SetHandleAsInvalid();
        try
        {
            return new Socket(owner) { Blocking = true };
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
