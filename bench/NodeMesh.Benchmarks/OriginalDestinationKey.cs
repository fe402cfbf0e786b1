namespace NodeMesh.Benchmarks;

/// <summary>A namespace, an address of 16 bytes and a port.</summary>
internal readonly record struct OriginalDestinationKey(ulong Namespace, ulong AddressHigh, ulong AddressLow, ulong Port);
