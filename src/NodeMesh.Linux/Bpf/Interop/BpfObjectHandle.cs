using Microsoft.Win32.SafeHandles;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>libbpf's object; closing it closes the descriptors of its maps and programs, but not their duplicates.</summary>
internal sealed class BpfObjectHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal BpfObjectHandle(nint value)
        : base(ownsHandle: true) => SetHandle(value);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibBpf.CloseObject(handle);
        return true;
    }
}
