using Microsoft.Win32.SafeHandles;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>An eventfd(2): wakes a thread that waits in poll(2).</summary>
internal sealed class SafeWakeEvent : SafeHandleMinusOneIsInvalid
{
    internal SafeWakeEvent()
        : base(ownsHandle: true)
    {
        SetHandle(LibC.CreateEvent(0, LibC.EventCloseOnExec));
        if (IsInvalid)
        {
            throw BpfException.FromLastError("making an eventfd");
        }
    }

    internal int Descriptor => (int)handle;

    internal unsafe void Set()
    {
        var one = 1UL;

        // Cannot fail but by a full counter, which wakes as well.
        _ = LibC.Write(Descriptor, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
