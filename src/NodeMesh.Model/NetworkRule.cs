using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>A rule of a <see cref="NetworkPolicy"/>: one of its peers and one of its ports must match.</summary>
/// <param name="Peers">The peers; empty means everybody.</param>
/// <param name="Ports">The destination's own ports; empty means all.</param>
public sealed record NetworkRule(ImmutableArray<NetworkPeer> Peers, ImmutableArray<NetworkPort> Ports);
