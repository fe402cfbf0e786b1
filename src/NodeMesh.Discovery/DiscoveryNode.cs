using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Discovery;

/// <summary>Who a client says it is. The server decides by its token, not by this; it is for people.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Addresses">The node's addresses, as text.</param>
/// <param name="Namespace">The namespace that the proxy runs in.</param>
/// <param name="Name">The proxy's name, such as its pod's.</param>
/// <param name="Locality">Where the node is.</param>
public sealed record DiscoveryNode(string Node, ImmutableArray<string> Addresses, string Namespace, string Name, Locality Locality);
