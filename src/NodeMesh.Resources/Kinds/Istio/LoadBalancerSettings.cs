using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>How an endpoint is chosen.</summary>
[AtMostOneOf("simple", "consistentHash")]
public sealed record LoadBalancerSettings
{
    /// <summary>By an algorithm.</summary>
    [OneOf("UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST")]
    public string? Simple { get; init; }

    /// <summary>By a hash of the request.</summary>
    public ConsistentHash? ConsistentHash { get; init; }

    /// <summary>Which regions, zones and subzones are preferred.</summary>
    public LocalityLbSetting? LocalityLbSetting { get; init; }

    /// <summary>How long a new endpoint gets less; deprecated in favour of warmup.</summary>
    [GoDuration]
    public string? WarmupDurationSecs { get; init; }

    /// <summary>How a new endpoint gets less.</summary>
    public WarmupConfiguration? Warmup { get; init; }
}
