namespace NodeMesh.Capture.Forwarding;

/// <summary>How many entries the programs' maps hold.</summary>
/// <param name="Ends">Established sockets that nobody has claimed.</param>
/// <param name="Deliveries">Connections of the proxy between connect and accept.</param>
/// <param name="Pairs">Paired sockets.</param>
/// <param name="Wanted">Names of legs' applications that are looked for.</param>
/// <param name="Sockets">Sockets that messages can be redirected to.</param>
public readonly record struct KernelForwardingEntries(int Ends, int Deliveries, int Pairs, int Wanted, int Sockets);
