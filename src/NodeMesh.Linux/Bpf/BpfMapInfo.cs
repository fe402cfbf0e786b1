using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>What the kernel says of a map.</summary>
/// <param name="Id">Its number, unique while it lives.</param>
/// <param name="Name">Its name, of which the kernel keeps 15 characters.</param>
/// <param name="Type">Its kind.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value, of one processor where it is per processor.</param>
/// <param name="MaxEntries">How many entries it can hold; bytes for a ring.</param>
/// <param name="Flags">The <c>BPF_F_…</c> flags that it was made with.</param>
public sealed record BpfMapInfo(uint Id, string Name, BpfMapType Type, int KeySize, int ValueSize, int MaxEntries, uint Flags)
{
    /// <summary>True for kinds that hold one value per processor.</summary>
    public bool IsPerCpu => Type is BpfMapType.PerCpuArray or BpfMapType.PerCpuHash or BpfMapType.LruPerCpuHash or BpfMapType.PerCpuCgroupStorage;

    internal static unsafe BpfMapInfo Read(BpfHandle handle)
    {
        MapInfo info = default;
        var size = (uint)sizeof(MapInfo);
        BpfException.ThrowIfFailed(LibBpf.GetInfo(handle, &info, &size), "reading a BPF map's info");
        return new BpfMapInfo(info.Id, NativeText.Read(info.Name, 16), info.Type, (int)info.KeySize, (int)info.ValueSize, (int)info.MaxEntries, info.Flags);
    }
}
