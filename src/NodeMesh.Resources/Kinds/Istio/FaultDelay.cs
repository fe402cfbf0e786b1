using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A delay.</summary>
[AtMostOneOf("fixedDelay", "exponentialDelay")]
public sealed record FaultDelay
{
    /// <summary>Share of requests; deprecated in favour of percentage.</summary>
    [InRange(0, 100)]
    public int? Percent { get; init; }

    /// <summary>Share of requests; all when missing.</summary>
    public Percent? Percentage { get; init; }

    /// <summary>How long.</summary>
    [GoDuration]
    public string? FixedDelay { get; init; }

    /// <summary>Not served.</summary>
    [GoDuration]
    public string? ExponentialDelay { get; init; }
}
