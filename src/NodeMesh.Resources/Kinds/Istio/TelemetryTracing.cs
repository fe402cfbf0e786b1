using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Spans.</summary>
public sealed record TelemetryTracing
{
    /// <summary>Which traffic.</summary>
    public TelemetryMode? Match { get; init; }

    /// <summary>Where they go.</summary>
    public ImmutableArray<TelemetryProvider> Providers { get; init; } = [];

    /// <summary>Share of requests.</summary>
    [InRange(0, 100)]
    public double? RandomSamplingPercentage { get; init; }

    /// <summary>Whether none are reported.</summary>
    public bool? DisableSpanReporting { get; init; }

    /// <summary>More tags.</summary>
    public ImmutableDictionary<string, TelemetryTag> CustomTags { get; init; } = ImmutableDictionary<string, TelemetryTag>.Empty;

    /// <summary>Whether the request's id decides.</summary>
    public bool? UseRequestIdForTraceSampling { get; init; }

    /// <summary>Whether Istio's own tags are set.</summary>
    public bool? EnableIstioTags { get; init; }

    /// <summary>Whether headers are left alone.</summary>
    public bool? DisableContextPropagation { get; init; }
}
