using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace NodeMesh.Linux.Bpf;

/// <summary>How a C struct is laid out, from the object's BTF.</summary>
/// <param name="Name">The struct's tag.</param>
/// <param name="Size">Its bytes, padding included.</param>
/// <param name="Members">Its members in order; those of unnamed structs and unions inside stand in their place.</param>
public sealed record BpfTypeLayout(string Name, int Size, IReadOnlyList<BpfTypeMember> Members)
{
    /// <summary>
    /// Compares with a C# struct: equal size, and for each field a member of that name (<c>OriginalPort</c> is <c>original_port</c>) with equal offset
    /// and size. Members without a field are allowed, such as padding, and fields that split a nested struct. For tests: it compiles code.
    /// </summary>
    /// <typeparam name="T">The C# struct.</typeparam>
    /// <returns>Each difference as a sentence; empty if there is none.</returns>
    public IReadOnlyList<string> Differences<T>()
        where T : unmanaged
    {
        var differences = new List<string>();
        if (Unsafe.SizeOf<T>() != Size)
        {
            differences.Add($"size of {typeof(T).Name} is {Unsafe.SizeOf<T>()}, of struct {Name} {Size}");
        }

        var members = Members.ToDictionary(m => m.Name.Replace("_", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
        foreach (var field in typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            var (offset, size) = Measure<T>(field);
            var at = string.Create(CultureInfo.InvariantCulture, $"{field.Name} of {typeof(T).Name} has {size} bytes at {offset}");
            if (members.TryGetValue(NameOf(field), out var member))
            {
                if (member.Offset != offset || member.Size != size)
                {
                    differences.Add($"{at}, {member.Name} of struct {Name} {member.Size} at {member.Offset}");
                }
            }
            else if (!Members.Any(m => m.Offset <= offset && m.Offset + m.Size >= offset + size && m.Size > size))
            {
                differences.Add($"{at}, where struct {Name} has no such member");
            }
        }

        return differences;
    }

    /// <summary>A field's name without what C# adds: an auto-property's field is <c>&lt;Name&gt;k__BackingField</c>, a private one starts with an underscore.</summary>
    private static string NameOf(FieldInfo field) =>
        (field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name).Replace("_", "", StringComparison.Ordinal);

    private static (int Offset, int Size) Measure<T>(FieldInfo field)
        where T : unmanaged
    {
        // Marshal.OffsetOf would tell the layout for marshalling, which differs for bool and char, and knows no inline arrays.
        var offset = new DynamicMethod("offset", typeof(int), [typeof(T).MakeByRefType()], typeof(T), skipVisibility: true);
        var code = offset.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        var size = new DynamicMethod("size", typeof(int), [], typeof(T), skipVisibility: true);
        code = size.GetILGenerator();
        code.Emit(OpCodes.Sizeof, field.FieldType);
        code.Emit(OpCodes.Ret);
        T value = default;
        return (offset.CreateDelegate<OffsetOf<T>>()(ref value), size.CreateDelegate<Func<int>>()());
    }

    private delegate int OffsetOf<T>(ref T value);
}
