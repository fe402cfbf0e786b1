using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>An outbound connection of a pod, as it was captured.</summary>
/// <param name="Destination">What the pod dialled.</param>
/// <param name="Client">Where the pod is.</param>
/// <param name="TrustDomain">The mesh's trust domain.</param>
/// <param name="NodeAddresses">The addresses of the pod's node: they say which families the node can dial.</param>
/// <param name="RegistryOnly">True when destinations outside the mesh are refused.</param>
public sealed record OutboundRequest(
    IPEndPoint Destination,
    ClientPlacement Client,
    string TrustDomain,
    ImmutableArray<IPAddress> NodeAddresses,
    bool RegistryOnly);
