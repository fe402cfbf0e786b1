using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which metrics, spans and logs are made.</summary>
[Cel("(has(self.selector) ? 1 : 0) + (has(self.targetRef) ? 1 : 0) + (has(self.targetRefs) ? 1 : 0) <= 1", "only one of targetRefs or selector can be set")]
public sealed record TelemetrySpec
{
    /// <summary>Which workloads; all of the namespace when missing.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>A single target; deprecated in favour of targetRefs.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Targets.</summary>
    [Count(0, 16)]
    public ImmutableArray<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>Spans.</summary>
    public ImmutableArray<TelemetryTracing> Tracing { get; init; } = [];

    /// <summary>Metrics.</summary>
    public ImmutableArray<TelemetryMetrics> Metrics { get; init; } = [];

    /// <summary>Logs.</summary>
    public ImmutableArray<TelemetryAccessLogging> AccessLogging { get; init; } = [];
}
