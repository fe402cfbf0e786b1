using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>A map in the kernel, by a descriptor of its own: it lives while anything holds it, a program, a descriptor or a pin.</summary>
public class BpfMap : IDisposable
{
    internal BpfMap(BpfHandle handle)
    {
        Handle = handle;
        Info = BpfMapInfo.Read(handle);
    }

    /// <summary>What the kernel says of it.</summary>
    public BpfMapInfo Info { get; }

    internal BpfHandle Handle { get; }

    /// <summary>Opens a pinned map of any kind.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no map.</exception>
    public static BpfMap OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Map));

    /// <summary>Opens a map of any kind by its number.</summary>
    /// <param name="id">The number.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">It is gone.</exception>
    public static BpfMap OpenById(uint id) => new(BpfHandle.Take(LibBpf.OpenMap(id), $"opening BPF map {id}"));

    /// <summary>Keeps the map under a path, whatever becomes of this process.</summary>
    /// <param name="path">On a BPF file system; its directory is there and it is not.</param>
    /// <exception cref="BpfException">It cannot be pinned there.</exception>
    public void Pin(string path) => BpfPins.Pin(Handle, path);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Info.Name} ({Info.Type})";

    /// <summary>Closes the descriptor.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Handle.Dispose();
        }
    }

    /// <summary>Makes a map outside any object.</summary>
    internal static unsafe BpfHandle Create(BpfMapType type, string name, int keySize, int valueSize, int maxEntries, uint flags)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var options = new MapCreateOptions { Size = (nuint)sizeof(MapCreateOptions), Flags = flags };
        var result = LibBpf.CreateMap(type, name, (uint)keySize, (uint)valueSize, (uint)maxEntries, &options);
        return BpfHandle.Take(result, $"making BPF map {name} ({type})");
    }

    /// <summary>Refuses types that are not as large as the map's keys and values: the kernel would read or write past them.</summary>
    private protected void RequireSizes(int keySize, int valueSize)
    {
        if (Info.KeySize != keySize || Info.ValueSize != valueSize)
        {
            Handle.Dispose();
            throw new BpfException($"BPF map {this} has keys of {Info.KeySize} and values of {Info.ValueSize} bytes, not {keySize} and {valueSize}", BpfErrno.Invalid);
        }
    }

    private protected void Fail(string action, int result) => BpfException.Throw($"{action} BPF map {this}", -result);
}
