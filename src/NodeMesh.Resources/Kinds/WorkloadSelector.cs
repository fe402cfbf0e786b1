using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Selects workloads by labels (Istio).</summary>
public sealed record WorkloadSelector
{
    /// <summary>Labels that must be equal.</summary>
    public ImmutableDictionary<string, string> MatchLabels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
