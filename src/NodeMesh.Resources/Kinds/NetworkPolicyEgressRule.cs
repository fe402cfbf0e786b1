using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>What may go out: to one of the peers on one of the ports.</summary>
public sealed record NetworkPolicyEgressRule
{
    /// <summary>The destination's own ports; all when missing.</summary>
    public ImmutableArray<NetworkPolicyPort> Ports { get; init; } = [];

    /// <summary>Whereto; everywhere when missing.</summary>
    public ImmutableArray<NetworkPolicyPeer> To { get; init; } = [];
}
