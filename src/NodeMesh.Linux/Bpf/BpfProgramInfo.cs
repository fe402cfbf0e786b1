using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>What the kernel says of a program.</summary>
/// <param name="Id">Its number, unique while it lives.</param>
/// <param name="Name">Its name, of which the kernel keeps 15 characters.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Tag">A hash of its instructions, in hexadecimal: the same program has the same tag, whoever loaded it.</param>
/// <param name="MapIds">The maps that it uses.</param>
public sealed record BpfProgramInfo(uint Id, string Name, BpfProgramType Type, string Tag, IReadOnlyList<uint> MapIds)
{
    private const int MaxMaps = 64;

    internal static unsafe BpfProgramInfo Read(BpfHandle handle)
    {
        const string Action = "reading a BPF program's info";
        ProgramInfo info = default;
        var maps = stackalloc uint[MaxMaps];
        info.MapCount = MaxMaps;
        info.MapIds = (ulong)maps;
        var size = (uint)sizeof(ProgramInfo);
        BpfException.ThrowIfFailed(LibBpf.GetInfo(handle, &info, &size), Action);
        var used = new ReadOnlySpan<uint>(maps, (int)Math.Min(info.MapCount, MaxMaps)).ToArray();
        return new BpfProgramInfo(info.Id, NativeText.Read(info.Name, 16), info.Type, Convert.ToHexStringLower(new ReadOnlySpan<byte>(info.Tag, 8)), used);
    }
}
