using System.Diagnostics.CodeAnalysis;
using NodeMesh.Linux.Bpf.Interop;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// An array map as memory that programs and this process share: reading and writing cost no system call, and nothing orders them but the caller.
/// Only the windows that were used are mapped: the kernel puts all pages of a mapping into the process's memory at once.
/// </summary>
/// <typeparam name="T">As laid out in C.</typeparam>
public sealed class BpfMappedArray<T> : BpfMap
    where T : unmanaged
{
    /// <summary>A multiple of every page size that Linux has on 64-bit machines.</summary>
    private const int WindowSize = 64 * 1024;

    private readonly nuint _size;
    private readonly bool[] _windows;
    private readonly Lock _mapping = new();
    private nint _memory;

    internal unsafe BpfMappedArray(BpfHandle handle)
        : base(handle)
    {
        RequireSizes(sizeof(int), sizeof(T));

        // The kernel rounds values up to 8 bytes, and the whole up to pages.
        var page = (nuint)Environment.SystemPageSize;
        _size = (((nuint)Info.MaxEntries * (nuint)sizeof(T)) + page - 1) / page * page;
        _windows = new bool[(int)((_size + WindowSize - 1) / WindowSize)];
        _memory = sizeof(T) % sizeof(ulong) == 0 ? LibC.MapMemory(0, _size, protection: 0, LibC.MapPrivateAnonymous, descriptor: -1, 0) : -1;
        try
        {
            if (_memory == -1)
            {
                throw Failure();
            }

            Map(0);
        }
        catch
        {
            _memory = _memory == -1 ? 0 : _memory;
            Dispose();
            throw;
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
            var offset = (nuint)index * (nuint)sizeof(T);
            Require((int)(offset / WindowSize));
            Require((int)((offset + (nuint)sizeof(T) - 1) / WindowSize));
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

    private void Require(int window)
    {
        if (!Volatile.Read(ref _windows[window]))
        {
            Map(window);
        }
    }

    private void Map(int window)
    {
        lock (_mapping)
        {
            var offset = (nuint)window * WindowSize;
            var size = Math.Min(WindowSize, _size - offset);
            if (!_windows[window]
                && LibC.MapMemory(_memory + (nint)offset, size, LibC.ProtectRead | LibC.ProtectWrite, LibC.MapShared | LibC.MapFixed, Handle, (long)offset) == -1)
            {
                throw Failure();
            }

            Volatile.Write(ref _windows[window], true);
        }
    }

    private BpfException Failure() => BpfException.FromLastError($"mapping BPF map {this} into memory");
}
