using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// A hash, array, LRU hash or LPM trie with keys and values of known types. Every call is one system call and allocates nothing; calls from several threads
/// need no lock, and see what programs do at once.
/// </summary>
/// <typeparam name="TKey">As laid out in C; padding counts, so it has to be zero on both sides.</typeparam>
/// <typeparam name="TValue">As laid out in C.</typeparam>
public sealed partial class BpfMap<TKey, TValue> : BpfMap
    where TKey : unmanaged
    where TValue : unmanaged
{
    /// <summary><c>ENOTSUPP</c>, which the kernel keeps to itself but lets out here.</summary>
    private const int NotSupportedByKernel = 524;

    internal unsafe BpfMap(BpfHandle handle)
        : base(handle)
    {
        RequireSizes(sizeof(TKey), sizeof(TValue));
        if (Info.IsPerCpu || Info.Type is BpfMapType.SockMap or BpfMapType.SockHash)
        {
            // Values per processor are longer than Info says.
            Dispose();
            throw new BpfException($"BPF map {this} is not read by plain values; use the class for its kind", BpfErrno.Invalid);
        }
    }

    /// <summary>Makes a map outside any object.</summary>
    /// <param name="type">A kind with plain values.</param>
    /// <param name="name">At most 15 characters count.</param>
    /// <param name="maxEntries">How many entries it can hold.</param>
    /// <param name="flags">The <c>BPF_F_…</c> flags; an LPM trie needs <c>BPF_F_NO_PREALLOC</c> (1).</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public static unsafe BpfMap<TKey, TValue> Create(BpfMapType type, string name, int maxEntries, uint flags = 0) =>
        new(Create(type, name, sizeof(TKey), sizeof(TValue), maxEntries, flags));

    /// <summary>Opens a pinned map.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no such map.</exception>
    public static new BpfMap<TKey, TValue> OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Map));

    /// <summary>Reads a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, or the default.</param>
    /// <returns>True if the key is there.</returns>
    /// <exception cref="BpfException">Reading failed for another reason.</exception>
    public unsafe bool TryGetValue(in TKey key, out TValue value)
    {
        fixed (TKey* keyPointer = &key)
        fixed (TValue* valuePointer = &value)
        {
            *valuePointer = default;
            return Found(LibBpf.Lookup(Handle, keyPointer, valuePointer), "reading");
        }
    }

    /// <summary>
    /// Reads and removes a value, in one step where the kernel can (hashes since 5.14). Elsewhere in two: still only one caller gets the key, but a value
    /// that is written between the steps is lost.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, or the default.</param>
    /// <returns>True if the key was there, and this caller is who took it.</returns>
    /// <exception cref="BpfException">Taking failed for another reason.</exception>
    public unsafe bool TryTake(in TKey key, out TValue value)
    {
        fixed (TKey* keyPointer = &key)
        fixed (TValue* valuePointer = &value)
        {
            *valuePointer = default;
            var result = LibBpf.LookupAndDelete(Handle, keyPointer, valuePointer);
            if (result == -NotSupportedByKernel)
            {
                result = LibBpf.Lookup(Handle, keyPointer, valuePointer);
                result = result < 0 ? result : LibBpf.Delete(Handle, keyPointer);
            }

            if (result < 0)
            {
                *valuePointer = default;
            }

            return Found(result, "taking from");
        }
    }

    /// <summary>Writes a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="mode">What to do with a key that is there, or is not.</param>
    /// <exception cref="BpfException"><see cref="BpfErrno.Full"/>, or <see cref="BpfErrno.Exists"/> and <see cref="BpfErrno.NotFound"/> as the mode says.</exception>
    public unsafe void Set(in TKey key, in TValue value, BpfUpdateMode mode = BpfUpdateMode.Any)
    {
        var result = Update(in key, in value, mode);
        if (result < 0)
        {
            Fail("writing", result);
        }
    }

    /// <summary>Adds a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False if the key is there already.</returns>
    /// <exception cref="BpfException">Adding failed for another reason.</exception>
    public bool TryAdd(in TKey key, in TValue value)
    {
        var result = Update(in key, in value, BpfUpdateMode.Add);
        if (result < 0 && result != -BpfErrno.Exists)
        {
            Fail("adding to", result);
        }

        return result == 0;
    }

    /// <summary>Removes a key. Entries of array maps cannot be removed.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False if it was not there.</returns>
    /// <exception cref="BpfException">Removing failed for another reason.</exception>
    public unsafe bool Delete(in TKey key)
    {
        fixed (TKey* keyPointer = &key)
        {
            return Found(LibBpf.Delete(Handle, keyPointer), "deleting from");
        }
    }

    /// <summary>
    /// Goes over the entries, one system call for the key and one for the value. The consumer may delete the entry that it was given. When others delete
    /// meanwhile, the kernel may start over: an entry may come twice, and the sweep ends after twice the map's size. Batches are faster.
    /// </summary>
    /// <returns>The entries.</returns>
    public IEnumerable<KeyValuePair<TKey, TValue>> Enumerate()
    {
        var more = TryGetNextKey(default, first: true, out var key);
        for (var left = 2L * Info.MaxEntries; more && left > 0; left--)
        {
            // The next key first: from a deleted one the kernel would start over.
            more = TryGetNextKey(in key, first: false, out var next);
            if (TryGetValue(in key, out var value))
            {
                yield return new KeyValuePair<TKey, TValue>(key, value);
            }

            key = next;
        }
    }

    private unsafe bool TryGetNextKey(in TKey key, bool first, out TKey next)
    {
        fixed (TKey* keyPointer = &key)
        fixed (TKey* nextPointer = &next)
        {
            *nextPointer = default;
            return Found(LibBpf.GetNextKey(Handle, first ? null : keyPointer, nextPointer), "going over");
        }
    }

    private unsafe int Update(in TKey key, in TValue value, BpfUpdateMode mode)
    {
        fixed (TKey* keyPointer = &key)
        fixed (TValue* valuePointer = &value)
        {
            return LibBpf.Update(Handle, keyPointer, valuePointer, (ulong)mode);
        }
    }

    private bool Found(int result, string action)
    {
        if (result < 0 && result != -BpfErrno.NotFound)
        {
            Fail(action, result);
        }

        return result >= 0;
    }
}
