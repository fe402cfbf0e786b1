using System.Net;
using NodeMesh.Local.Pods;

namespace NodeMesh.Local.Endpoints;

/// <summary>An address behind a service.</summary>
/// <param name="Address">The address.</param>
/// <param name="Hostname">The name by which it is found below a headless service; null when it has none.</param>
/// <param name="Ready">True when it takes traffic.</param>
/// <param name="Pod">The pod; null for an address that was applied.</param>
internal sealed record ServiceEndpoint(IPAddress Address, string? Hostname, bool Ready, Pod? Pod);
