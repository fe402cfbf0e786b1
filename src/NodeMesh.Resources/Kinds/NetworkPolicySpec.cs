using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>The spec of a NetworkPolicy.</summary>
public sealed record NetworkPolicySpec
{
    /// <summary>The pods of its namespace that it isolates; all when empty.</summary>
    public LabelSelector? PodSelector { get; init; }

    /// <summary>What may come in, ORed.</summary>
    public ImmutableArray<NetworkPolicyIngressRule> Ingress { get; init; } = [];

    /// <summary>What may go out, ORed.</summary>
    public ImmutableArray<NetworkPolicyEgressRule> Egress { get; init; } = [];

    /// <summary>The directions in which it isolates; when missing: Ingress, and Egress too if there are egress rules.</summary>
    [Count(0, 2)]
    [OneOf("Ingress", "Egress")]
    public ImmutableArray<string> PolicyTypes { get; init; } = [];
}
