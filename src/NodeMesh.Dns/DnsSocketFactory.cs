using System.Net.Sockets;

namespace NodeMesh.Dns;

/// <summary>Makes sockets towards upstream: in a pod's network namespace, marked, as the owner wishes.</summary>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="transport">UDP or TCP.</param>
/// <param name="ct">Gives up.</param>
/// <returns>A socket, not connected, which the caller disposes.</returns>
public delegate ValueTask<Socket> DnsSocketFactory(AddressFamily family, DnsTransport transport, CancellationToken ct);
