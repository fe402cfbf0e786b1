using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>A compiled NetworkPolicy. It isolates the workloads that name it in <see cref="Workload.NetworkPolicies"/>: only what a rule of one of them allows passes.</summary>
public sealed record NetworkPolicy
{
    /// <summary>Unique inside the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>What may come in; null when the policy does not isolate in this direction.</summary>
    public ImmutableArray<NetworkRule>? Ingress { get; init; }

    /// <summary>What may go out; null when the policy does not isolate in this direction.</summary>
    public ImmutableArray<NetworkRule>? Egress { get; init; }

    /// <summary>The policy's key.</summary>
    public NamespacedName Key => new(Namespace, Name);
}
