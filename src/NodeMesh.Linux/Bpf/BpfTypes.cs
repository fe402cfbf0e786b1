using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// An object's BTF. A type is the words (name, info, size or type) and what its kind adds: three words for each member of a struct
/// (name, type, offset in bits) and for each variable of a section (type, offset, size). Info: bits 0-15 count, 24-28 kind, 31 marks bit fields.
/// </summary>
internal sealed unsafe class BpfTypes(BpfObjectHandle handle, string owner)
{
    private const uint KindStruct = 4;
    private const uint KindUnion = 5;
    private const uint KindSection = 15;
    private const int HeaderWords = 3;
    private const int EntryWords = 3;
    private static readonly string[] Sections = [".rodata", ".data", ".bss"];

    /// <summary>Finds a global variable.</summary>
    internal (string Section, int Offset, int Size) FindVariable(string name)
    {
        var types = Types;
        foreach (var section in Sections)
        {
            var id = LibBpf.FindType(types, section, KindSection);
            var type = id < 0 ? null : LibBpf.GetType(types, (uint)id);
            for (var i = 0; type != null && i < (int)(type[1] & 0xffff); i++)
            {
                var entry = type + HeaderWords + (i * EntryWords);
                if (NameOf(types, LibBpf.GetType(types, entry[0])[0]) == name)
                {
                    return (section, (int)entry[1], (int)entry[2]);
                }
            }
        }

        throw new BpfException($"BPF object {owner} has no global variable {name}; one that no program uses is left out by the compiler", BpfErrno.NotFound);
    }

    internal BpfTypeLayout ReadStruct(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var tag = name.StartsWith("struct ", StringComparison.Ordinal) ? name["struct ".Length..] : name;
        var types = Types;
        var id = LibBpf.FindType(types, tag, KindStruct);
        if (id < 0)
        {
            throw new BpfException($"BPF object {owner} has no struct {tag} in its types; no map, global or program uses it", BpfErrno.NotFound);
        }

        var members = new List<BpfTypeMember>();
        AddMembers(types, (uint)id, 0, members);
        return new BpfTypeLayout(tag, (int)LibBpf.GetTypeSize(types, (uint)id), members);
    }

    private nint Types => LibBpf.GetTypes(handle) is var types and not 0 ? types : throw new BpfException($"BPF object {owner} has no BTF: compile with -g", BpfErrno.NotFound);

    private static void AddMembers(nint types, uint id, int offset, List<BpfTypeMember> members)
    {
        var type = LibBpf.GetType(types, id);
        var hasBitFields = type[1] >> 31 != 0;
        for (var i = 0; i < (int)(type[1] & 0xffff); i++)
        {
            var member = type + HeaderWords + (i * EntryWords);
            var name = NameOf(types, member[0]);
            var at = offset + (int)((hasBitFields ? member[2] & 0xff_ffff : member[2]) / 8);
            if (name.Length == 0 && ((LibBpf.GetType(types, member[1])[1] >> 24) & 0x1f) is KindStruct or KindUnion)
            {
                AddMembers(types, member[1], at, members);
            }
            else
            {
                members.Add(new BpfTypeMember(name, at, (int)LibBpf.GetTypeSize(types, member[1])));
            }
        }
    }

    private static string NameOf(nint types, uint offset) => NativeText.Read(LibBpf.GetTypeName(types, offset));
}
