using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <content>Many entries in one system call (kernel 5.6).</content>
public sealed partial class BpfMap<TKey, TValue>
{
    /// <summary>Reads the next entries of a sweep.</summary>
    /// <param name="position">Where the sweep is; a new one starts it.</param>
    /// <param name="keys">Room for keys; a hash needs room for all entries of its fullest bucket.</param>
    /// <param name="values">As much room for values.</param>
    /// <returns>How many there are; 0 or more until <see cref="BpfBatchPosition.IsComplete"/>.</returns>
    /// <exception cref="BpfException"><see cref="BpfErrno.NoSpace"/>: a bucket holds more than there is room for, so try again with more.</exception>
    public int GetBatch(BpfBatchPosition position, Span<TKey> keys, Span<TValue> values) => ReadBatch(position, keys, values, take: false);

    /// <summary>Reads and removes the next entries of a sweep (hashes).</summary>
    /// <param name="position">Where the sweep is; a new one starts it.</param>
    /// <param name="keys">Room for keys.</param>
    /// <param name="values">As much room for values.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="BpfException">As with <see cref="GetBatch"/>.</exception>
    public int TakeBatch(BpfBatchPosition position, Span<TKey> keys, Span<TValue> values) => ReadBatch(position, keys, values, take: true);

    /// <summary>Writes entries.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="values">As many values.</param>
    /// <param name="mode">What to do with keys that are there, or are not.</param>
    /// <exception cref="BpfException">One was refused; those before it are written.</exception>
    public unsafe void SetBatch(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values, BpfUpdateMode mode = BpfUpdateMode.Any)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, keys.Length, nameof(values));
        if (keys.IsEmpty)
        {
            return;
        }

        fixed (TKey* keyPointer = keys)
        fixed (TValue* valuePointer = values)
        {
            var count = (uint)keys.Length;
            var options = new MapBatchOptions { Size = (nuint)sizeof(MapBatchOptions), ElementFlags = (ulong)mode };
            var result = LibBpf.UpdateBatch(Handle, keyPointer, valuePointer, &count, &options);
            if (result < 0)
            {
                Fail($"writing entry {count} of {keys.Length} to", result);
            }
        }
    }

    /// <summary>Removes keys; those that are not there are passed over.</summary>
    /// <param name="keys">The keys.</param>
    /// <returns>How many were there.</returns>
    /// <exception cref="BpfException">Removing failed.</exception>
    public unsafe int DeleteBatch(ReadOnlySpan<TKey> keys)
    {
        var deleted = 0;
        fixed (TKey* keyPointer = keys)
        {
            var options = new MapBatchOptions { Size = (nuint)sizeof(MapBatchOptions) };
            for (var at = 0; at < keys.Length;)
            {
                var count = (uint)(keys.Length - at);
                var result = LibBpf.DeleteBatch(Handle, keyPointer + at, &count, &options);
                if (result < 0 && result != -BpfErrno.NotFound)
                {
                    Fail("deleting from", result);
                }

                // The kernel stops at a key that is not there; go on behind it.
                deleted += (int)count;
                at += (int)count + (result < 0 ? 1 : 0);
            }
        }

        return deleted;
    }

    private unsafe int ReadBatch(BpfBatchPosition position, Span<TKey> keys, Span<TValue> values, bool take)
    {
        ArgumentNullException.ThrowIfNull(position);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, keys.Length, nameof(values));
        if (position.IsComplete || keys.IsEmpty)
        {
            return 0;
        }

        var count = (uint)keys.Length;
        int result;
        var token = position.GetToken(Info.KeySize);
        fixed (byte* tokenPointer = token)
        fixed (TKey* keyPointer = keys)
        fixed (TValue* valuePointer = values)
        {
            var options = new MapBatchOptions { Size = (nuint)sizeof(MapBatchOptions) };
            var from = position.IsStarted ? tokenPointer : null;
            result = take
                ? LibBpf.LookupAndDeleteBatch(Handle, from, tokenPointer, keyPointer, valuePointer, &count, &options)
                : LibBpf.LookupBatch(Handle, from, tokenPointer, keyPointer, valuePointer, &count, &options);
        }

        if (result < 0 && result != -BpfErrno.NotFound)
        {
            Fail("reading many entries of", result);
        }

        // ENOENT is how the kernel says that these are the last.
        position.Advance(result < 0);
        return (int)count;
    }
}
