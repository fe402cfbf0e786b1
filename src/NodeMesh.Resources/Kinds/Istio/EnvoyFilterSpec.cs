using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Changes to an Envoy's own configuration.</summary>
public sealed record EnvoyFilterSpec
{
    /// <summary>Which workloads.</summary>
    public WorkloadLabels? WorkloadSelector { get; init; }

    /// <summary>Targets instead.</summary>
    [Count(0, 16)]
    public ImmutableArray<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>The changes.</summary>
    public ImmutableArray<EnvoyConfigPatch> ConfigPatches { get; init; } = [];

    /// <summary>In which order; lower first.</summary>
    public int? Priority { get; init; }
}
