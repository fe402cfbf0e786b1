namespace NodeMesh.Linux.Bpf;

/// <summary>Takes a record of a ring. The bytes are the ring's own: they are overwritten after the call.</summary>
/// <param name="record">The record.</param>
public delegate void BpfRecordHandler(ReadOnlySpan<byte> record);
