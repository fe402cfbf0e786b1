using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Local.Networking;

/// <summary>One port of one address of a service, with what it leads to.</summary>
/// <param name="Address">The service's address.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Port">The service's port.</param>
/// <param name="Endpoints">Ready endpoints of the address's family; none: the port is rejected.</param>
internal sealed record ServiceBackend(IPAddress Address, string Protocol, int Port, ImmutableArray<IPEndPoint> Endpoints);
