namespace NodeMesh.Benchmarks;

/// <summary>The client's socket cookie, an address of 16 bytes and a port.</summary>
internal readonly record struct OriginalDestinationValue(ulong Cookie, ulong AddressHigh, ulong AddressLow, ulong Port);
