using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>The spec of a ResiliencePolicy.</summary>
public sealed record ResiliencePolicySpec
{
    /// <summary>Services and ServiceEntries of the policy's namespace for whose endpoints it is.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ResilienceTarget> TargetRefs { get; init; }

    /// <summary>How endpoints are asked whether they are well.</summary>
    public ResilienceHealthCheck? HealthCheck { get; init; }

    /// <summary>When an endpoint is left out for a while.</summary>
    public ResilienceOutlierDetection? OutlierDetection { get; init; }

    /// <summary>When a second try begins while the first goes on.</summary>
    public ResilienceHedging? Hedging { get; init; }

    /// <summary>With a smaller share of usable endpoints, of a hundred, all are used; what a DestinationRule's minHealthPercent says when missing.</summary>
    [InRange(0, 100)]
    public int? PanicThreshold { get; init; }
}
