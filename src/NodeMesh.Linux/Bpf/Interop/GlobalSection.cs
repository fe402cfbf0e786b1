using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>The memory of a loaded object's global data, shared with its programs.</summary>
internal sealed unsafe class GlobalSection : SafeHandle
{
    private readonly nuint _size;

    internal GlobalSection(BpfHandle map, int size, bool writable, string action)
        : base(-1, ownsHandle: true)
    {
        _size = (nuint)size;
        SetHandle(LibC.MapMemory(0, _size, writable ? LibC.ProtectRead | LibC.ProtectWrite : LibC.ProtectRead, LibC.MapShared, map, 0));
        if (IsInvalid)
        {
            throw BpfException.FromLastError(action);
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    internal byte* Data => (byte*)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.UnmapMemory(handle, _size) == 0;
}
