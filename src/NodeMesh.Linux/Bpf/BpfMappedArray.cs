using System.Diagnostics.CodeAnalysis;
using NodeMesh.Linux.Bpf.Interop;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>An array map as memory that programs and this process share: reading and writing cost no system call, and nothing orders them but the caller.</summary>
/// <typeparam name="T">As laid out in C.</typeparam>
public sealed class BpfMappedArray<T> : BpfMap
    where T : unmanaged
{
    private readonly nuint _size;
    private nint _memory;

    internal unsafe BpfMappedArray(BpfHandle handle)
        : base(handle)
    {
        RequireSizes(sizeof(int), sizeof(T));

        // The kernel rounds values up to 8 bytes, and the whole up to pages.
        var page = (nuint)Environment.SystemPageSize;
        _size = (((nuint)Info.MaxEntries * (nuint)sizeof(T)) + page - 1) / page * page;
        _memory = sizeof(T) % sizeof(ulong) == 0 ? LibC.MapMemory(0, _size, LibC.ProtectRead | LibC.ProtectWrite, LibC.MapShared, Handle, 0) : -1;
        if (_memory == -1)
        {
            var failure = BpfException.FromLastError($"mapping BPF map {this} into memory");
            _memory = 0;
            Dispose();
            throw failure;
        }
    }

    /// <summary>How many entries there are.</summary>
    public int Count => (int)Info.MaxEntries;

    /// <summary>An entry, which programs may change at any time. Not to be kept beyond the array's life.</summary>
    /// <param name="index">From 0.</param>
    [SuppressMessage("Design", "CA1065", Justification = "Reading unmapped memory would end the process.")]
    public unsafe ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ObjectDisposedException.ThrowIf(_memory == 0, this);
            return ref ((T*)_memory)[index];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        var memory = Interlocked.Exchange(ref _memory, 0);
        if (memory != 0)
        {
            _ = LibC.UnmapMemory(memory, _size);
        }

        base.Dispose(disposing);
    }
}
