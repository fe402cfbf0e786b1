namespace NodeMesh.Linux.Bpf;

/// <summary>How a C struct is laid out, from the object's BTF.</summary>
/// <param name="Name">The struct's tag.</param>
/// <param name="Size">Its bytes, padding included.</param>
/// <param name="Members">Its members in order; those of unnamed structs and unions inside stand in their place.</param>
public sealed record BpfTypeLayout(string Name, int Size, IReadOnlyList<BpfTypeMember> Members);
