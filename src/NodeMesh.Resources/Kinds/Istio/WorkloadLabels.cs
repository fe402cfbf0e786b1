using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Selects workloads by labels.</summary>
public sealed record WorkloadLabels
{
    /// <summary>Labels that must be equal.</summary>
    [Count(0, 256)]
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
