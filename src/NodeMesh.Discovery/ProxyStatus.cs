using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>How a connected proxy stands.</summary>
/// <param name="Node">The node that its token names.</param>
/// <param name="NodeId">What it calls itself; empty until the first request.</param>
/// <param name="RemoteEndPoint">Where it comes from; empty when unknown.</param>
/// <param name="ConnectedSince">When the stream opened.</param>
/// <param name="Types">The types that it subscribed.</param>
public sealed record ProxyStatus(string Node, string NodeId, string RemoteEndPoint, DateTimeOffset ConnectedSince, ImmutableArray<ProxyTypeStatus> Types);
