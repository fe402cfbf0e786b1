using Microsoft.Win32.SafeHandles;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>libbpf's reader of a ring: its mapping and its epoll descriptor.</summary>
internal sealed class BpfRingHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal BpfRingHandle(nint value)
        : base(ownsHandle: true) => SetHandle(value);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibBpf.CloseRing(handle);
        return true;
    }
}
