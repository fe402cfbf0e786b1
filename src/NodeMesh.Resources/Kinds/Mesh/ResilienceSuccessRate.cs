using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>When an endpoint's share of good answers is too far below that of the others.</summary>
public sealed record ResilienceSuccessRate
{
    /// <summary>Endpoints with enough requests that there must be for a comparison; 5 when missing.</summary>
    [InRange(2, 10_000)]
    public int? MinimumHosts { get; init; }

    /// <summary>Requests in an interval that an endpoint must have had to be compared; 100 when missing.</summary>
    [InRange(1, 1_000_000)]
    public int? RequestVolume { get; init; }

    /// <summary>How many thousandths of a standard deviation below the mean are too far; 1900 when missing.</summary>
    [InRange(0, 100_000)]
    public int? StdevFactor { get; init; }

    /// <summary>How often endpoints are compared; 10s when missing.</summary>
    [GatewayDuration]
    public string? Interval { get; init; }

    /// <summary>How long an endpoint is left out the first time; 30s when missing.</summary>
    [GatewayDuration]
    public string? BaseEjectionTime { get; init; }

    /// <summary>How many of a hundred endpoints may be left out at once; 10 when missing.</summary>
    [InRange(0, 100)]
    public int? MaxEjectionPercent { get; init; }
}
