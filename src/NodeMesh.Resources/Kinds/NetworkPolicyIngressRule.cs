using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>What may come in: from one of the peers to one of the ports.</summary>
public sealed record NetworkPolicyIngressRule
{
    /// <summary>The pods' own ports; all when missing.</summary>
    public ImmutableArray<NetworkPolicyPort> Ports { get; init; } = [];

    /// <summary>Who; everybody when missing.</summary>
    public ImmutableArray<NetworkPolicyPeer> From { get; init; } = [];
}
