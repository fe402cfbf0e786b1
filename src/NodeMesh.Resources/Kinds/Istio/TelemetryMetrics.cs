using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Metrics.</summary>
public sealed record TelemetryMetrics
{
    /// <summary>Where they go.</summary>
    public ImmutableArray<TelemetryProvider> Providers { get; init; } = [];

    /// <summary>Changes.</summary>
    public ImmutableArray<MetricsOverride> Overrides { get; init; } = [];

    /// <summary>Time between two reports of a connection.</summary>
    [GoDuration]
    public string? ReportingInterval { get; init; }
}
