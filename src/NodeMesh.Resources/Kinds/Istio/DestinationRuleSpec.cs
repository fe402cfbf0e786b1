using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Policies for the traffic to a host.</summary>
public sealed record DestinationRuleSpec
{
    /// <summary>The service, short or qualified, or a wildcard.</summary>
    public required string Host { get; init; }

    /// <summary>For all of it.</summary>
    public TrafficPolicy? TrafficPolicy { get; init; }

    /// <summary>Named parts of it.</summary>
    [Count(0, 1024)] // Unbounded, what the rules within may cost makes an API server refuse the definition.
    public ImmutableArray<Subset> Subsets { get; init; } = [];

    /// <summary>Namespaces that see it: names, . or *; all when missing.</summary>
    public ImmutableArray<string> ExportTo { get; init; } = [];

    /// <summary>Clients that it is for; all when missing.</summary>
    public WorkloadSelector? WorkloadSelector { get; init; }
}
