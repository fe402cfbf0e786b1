using System.Buffers;
using System.Runtime.CompilerServices;
using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>An array, hash or LRU hash with one value per processor, which programs write without locks and readers add up.</summary>
/// <typeparam name="TKey">As laid out in C.</typeparam>
/// <typeparam name="TValue">As laid out in C.</typeparam>
public sealed class BpfPerCpuMap<TKey, TValue> : BpfMap
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int StackLimit = 1024;

    internal unsafe BpfPerCpuMap(BpfHandle handle)
        : base(handle)
    {
        RequireSizes(sizeof(TKey), sizeof(TValue));
        if (!Info.IsPerCpu)
        {
            Dispose();
            throw new BpfException($"BPF map {this} has no values per processor", BpfErrno.Invalid);
        }
    }

    /// <summary>How many values a key has: one for each processor that the kernel may ever bring up, not only those that are there.</summary>
    public static int ProcessorCount { get; } = BpfException.ThrowIfFailed(LibBpf.CountPossibleProcessors(), "counting the possible processors");

    private static int Stride => (Unsafe.SizeOf<TValue>() + 7) & ~7;

    /// <summary>Makes a map outside any object.</summary>
    /// <param name="type">A kind with values per processor.</param>
    /// <param name="name">At most 15 characters count.</param>
    /// <param name="maxEntries">How many entries it can hold.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public static unsafe BpfPerCpuMap<TKey, TValue> Create(BpfMapType type, string name, int maxEntries) =>
        new(Create(type, name, sizeof(TKey), sizeof(TValue), maxEntries, 0));

    /// <summary>Opens a pinned map.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no such map.</exception>
    public static new BpfPerCpuMap<TKey, TValue> OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Map));

    /// <summary>Reads a key's values.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">Room for <see cref="ProcessorCount"/> values.</param>
    /// <returns>True if the key is there.</returns>
    /// <exception cref="BpfException">Reading failed.</exception>
    public unsafe bool TryGetValues(in TKey key, Span<TValue> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, ProcessorCount, nameof(values));
        var size = Stride * ProcessorCount;
        var rented = size > StackLimit ? ArrayPool<byte>.Shared.Rent(size) : null;
        try
        {
            var buffer = rented ?? stackalloc byte[StackLimit];
            fixed (TKey* keyPointer = &key)
            fixed (byte* raw = buffer)
            {
                var result = LibBpf.Lookup(Handle, keyPointer, raw);
                if (result < 0 && result != -BpfErrno.NotFound)
                {
                    Fail("reading", result);
                }

                for (var i = 0; result >= 0 && i < ProcessorCount; i++)
                {
                    values[i] = Unsafe.ReadUnaligned<TValue>(raw + (i * Stride));
                }

                return result >= 0;
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Writes a key's values.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values"><see cref="ProcessorCount"/> values.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public unsafe void SetValues(in TKey key, ReadOnlySpan<TValue> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, ProcessorCount, nameof(values));
        var size = Stride * ProcessorCount;
        var rented = size > StackLimit ? ArrayPool<byte>.Shared.Rent(size) : null;
        try
        {
            var buffer = rented ?? stackalloc byte[StackLimit];
            buffer[..size].Clear();
            fixed (TKey* keyPointer = &key)
            fixed (byte* raw = buffer)
            {
                for (var i = 0; i < ProcessorCount; i++)
                {
                    Unsafe.WriteUnaligned(raw + (i * Stride), values[i]);
                }

                var result = LibBpf.Update(Handle, keyPointer, raw, 0);
                if (result < 0)
                {
                    Fail("writing", result);
                }
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Removes a key. Entries of arrays cannot be removed.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False if it was not there.</returns>
    /// <exception cref="BpfException">Removing failed.</exception>
    public unsafe bool Delete(in TKey key)
    {
        fixed (TKey* keyPointer = &key)
        {
            var result = LibBpf.Delete(Handle, keyPointer);
            if (result < 0 && result != -BpfErrno.NotFound)
            {
                Fail("deleting from", result);
            }

            return result >= 0;
        }
    }

    /// <summary>Goes over the keys.</summary>
    /// <returns>The keys.</returns>
    public IEnumerable<TKey> EnumerateKeys()
    {
        var more = TryGetNextKey(default, first: true, out var key);
        for (var left = 2L * Info.MaxEntries; more && left > 0; left--)
        {
            more = TryGetNextKey(in key, first: false, out var next);
            yield return key;
            key = next;
        }
    }

    private unsafe bool TryGetNextKey(in TKey key, bool first, out TKey next)
    {
        fixed (TKey* keyPointer = &key)
        fixed (TKey* nextPointer = &next)
        {
            *nextPointer = default;
            return LibBpf.GetNextKey(Handle, first ? null : keyPointer, nextPointer) >= 0;
        }
    }
}
