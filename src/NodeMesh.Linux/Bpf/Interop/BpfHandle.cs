using Microsoft.Win32.SafeHandles;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>The descriptor of a program, map or link.</summary>
internal sealed class BpfHandle : SafeHandleMinusOneIsInvalid
{
    private BpfHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Owns a descriptor that libbpf returned, or throws what its negative answer says.</summary>
    internal static BpfHandle Take(int result, string action) => new(BpfException.ThrowIfFailed(result, action));

    /// <summary>Duplicates a descriptor that an object owns.</summary>
    internal static BpfHandle Duplicate(int descriptor, string action)
    {
        var copy = LibC.FileControl(descriptor, LibC.DuplicateCloseOnExec, 0);
        return copy >= 0 ? new BpfHandle(copy) : throw BpfException.FromLastError(action);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
