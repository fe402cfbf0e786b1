namespace NodeMesh.Linux.Bpf;

/// <summary>A member of a C struct.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Bytes from the struct's start; of the byte that it starts in, for a bit field.</param>
/// <param name="Size">Its bytes; those of its declared type for a bit field.</param>
public readonly record struct BpfTypeMember(string Name, int Offset, int Size);
