using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>A map as its object defines it.</summary>
public sealed class BpfMapDefinition
{
    private readonly BpfObject _owner;
    private readonly BpfObjectHandle _handle;

    internal BpfMapDefinition(BpfObject owner, BpfObjectHandle handle, nint native, string name)
    {
        _owner = owner;
        _handle = handle;
        Native = native;
        Name = name;
    }

    /// <summary>The C variable's name.</summary>
    public string Name { get; }

    /// <summary>The kind.</summary>
    public BpfMapType Type => Read(LibBpf.GetMapType);

    /// <summary>Bytes of a key.</summary>
    public int KeySize => (int)Read(LibBpf.GetMapKeySize);

    /// <summary>Bytes of a value.</summary>
    public int ValueSize => (int)Read(LibBpf.GetMapValueSize);

    /// <summary>How many entries it can hold; bytes for a ring.</summary>
    /// <exception cref="BpfException">The number is not possible.</exception>
    /// <exception cref="InvalidOperationException">Set when the object is loaded.</exception>
    public int MaxEntries
    {
        get => (int)Read(LibBpf.GetMapMaxEntries);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _owner.RequireNotLoaded("changed");
            BpfException.ThrowIfFailed(Read(m => LibBpf.SetMapMaxEntries(m, (uint)value)), $"setting the size of BPF map {Name} to {value}");
        }
    }

    internal nint Native { get; }

    /// <summary>Leaves the map out: for programs that are not loaded either, on kernels that do not know its kind.</summary>
    /// <exception cref="InvalidOperationException">The object is loaded.</exception>
    public void Omit()
    {
        _owner.RequireNotLoaded("changed");
        BpfException.ThrowIfFailed(Read(m => LibBpf.SetMapAutoCreate(m, autoCreate: false)), $"leaving out BPF map {Name}");
    }

    /// <summary>Uses a map that is there already instead of making one: a pinned one, or one of another object.</summary>
    /// <param name="existing">The map, which can be disposed afterwards.</param>
    /// <exception cref="BpfException">Its kind or sizes are not those that the object's programs expect.</exception>
    /// <exception cref="InvalidOperationException">The object is loaded.</exception>
    public void ReuseFrom(BpfMap existing)
    {
        ArgumentNullException.ThrowIfNull(existing);
        _owner.RequireNotLoaded("changed");

        // libbpf takes over whatever it is given here; the programs would only be refused later, for reasons hard to read.
        if (!Matches(existing.Info))
        {
            var info = existing.Info;
            throw new BpfException(
                $"BPF map {info.Name} cannot stand for {Name}: it is {info.Type} of {info.KeySize}+{info.ValueSize} bytes, not {Type} of {KeySize}+{ValueSize}",
                BpfErrno.Invalid);
        }

        BpfException.ThrowIfFailed(Read(m => LibBpf.ReuseMap(m, existing.Handle)), $"reusing BPF map {Name}");
    }

    /// <summary>Tells whether a map has the kind and sizes of this definition.</summary>
    /// <param name="info">The map.</param>
    /// <returns>True if it can stand for this one.</returns>
    public bool Matches(BpfMapInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return info.Type == Type && info.KeySize == KeySize && info.ValueSize == ValueSize;
    }

    /// <summary>Duplicates the loaded map's descriptor.</summary>
    internal BpfHandle OpenHandle()
    {
        _owner.RequireLoaded($"map {Name}");
        return BpfHandle.Duplicate(Read(LibBpf.GetMapDescriptor), $"opening BPF map {Name}");
    }

    /// <summary>Calls with the object kept open.</summary>
    private T Read<T>(Func<nint, T> call)
    {
        var added = false;
        try
        {
            _handle.DangerousAddRef(ref added);
            return call(Native);
        }
        finally
        {
            if (added)
            {
                _handle.DangerousRelease();
            }
        }
    }
}
