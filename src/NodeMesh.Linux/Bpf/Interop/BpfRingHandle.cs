using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>libbpf's reader of a ring: its mapping and its epoll descriptor, and what its callback is given.</summary>
internal sealed class BpfRingHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private GCHandle _context;

    internal BpfRingHandle(nint value, GCHandle context)
        : base(ownsHandle: true)
    {
        SetHandle(value);
        _context = context;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibBpf.CloseRing(handle);
        _context.Free();
        return true;
    }
}
