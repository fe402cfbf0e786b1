using System.Net;

namespace NodeMesh.Discovery;

/// <summary>Who opened a stream, as its token proved.</summary>
/// <param name="Node">The node.</param>
/// <param name="RemoteEndPoint">Where it comes from; null when unknown.</param>
public sealed record DiscoveryPeer(string Node, IPEndPoint? RemoteEndPoint);
