namespace NodeMesh.Tunnel.Hpack;

/// <summary>The dynamic table (RFC 7541 sections 2.3.2 and 4): a ring of entries, newest first.</summary>
internal sealed class HpackDynamicTable
{
    /// <summary>What an entry costs beside its bytes (section 4.1).</summary>
    public const int EntryOverhead = 32;

    private KeyValuePair<string, string>[] _ring = new KeyValuePair<string, string>[16];
    private int _newest;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">Its size limit, in bytes as section 4.1 counts them.</param>
    public HpackDynamicTable(int capacity) => Capacity = capacity;

    /// <summary>The limit on <see cref="Size"/>.</summary>
    public int Capacity { get; private set; }

    /// <summary>The entries' size as section 4.1 counts it.</summary>
    public int Size { get; private set; }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>An entry's size as section 4.1 counts it; fields are bytes in Latin-1, so characters are bytes.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Bytes.</returns>
    public static int SizeOf(string name, string value) => name.Length + value.Length + EntryOverhead;

    /// <summary>An entry.</summary>
    /// <param name="index">0 is the newest.</param>
    /// <returns>Name and value.</returns>
    public KeyValuePair<string, string> Get(int index) => _ring[(_newest - index + _ring.Length) % _ring.Length];

    /// <summary>Changes the limit and drops what no longer fits (section 4.3).</summary>
    /// <param name="capacity">The new limit.</param>
    public void Resize(int capacity)
    {
        Capacity = capacity;
        EvictTo(capacity);
    }

    /// <summary>Adds an entry; one larger than the table empties it and is not added (section 4.4).</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public void Add(string name, string value)
    {
        var size = SizeOf(name, value);
        EvictTo(Capacity - size);
        if (size > Capacity)
        {
            return;
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _newest = (_newest + 1) % _ring.Length;
        _ring[_newest] = new KeyValuePair<string, string>(name, value);
        Count++;
        Size += size;
    }

    /// <summary>Finds an entry.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>The index of the entry with both, or with the name alone, or -1; and whether the value is the same.</returns>
    public (int Index, bool WithValue) Find(string name, string value)
    {
        var byName = -1;
        for (var i = 0; i < Count; i++)
        {
            var entry = Get(i);
            if (entry.Key == name)
            {
                if (entry.Value == value)
                {
                    return (i, true);
                }

                byName = byName < 0 ? i : byName;
            }
        }

        return (byName, false);
    }

    private void EvictTo(int size)
    {
        while (Count > 0 && Size > size)
        {
            var oldest = (_newest - Count + 1 + _ring.Length) % _ring.Length;
            Size -= SizeOf(_ring[oldest].Key, _ring[oldest].Value);
            _ring[oldest] = default;
            Count--;
        }
    }

    private void Grow()
    {
        var larger = new KeyValuePair<string, string>[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[Count - 1 - i] = Get(i);
        }

        _ring = larger;
        _newest = Count - 1;
    }
}
